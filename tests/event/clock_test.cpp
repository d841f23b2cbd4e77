// The computer's clock, and one that stands still.
#include <acta/event/clock.hpp>

#include <doctest/doctest.h>

TEST_CASE("the system's clock tells the time in microseconds") {
    const auto before = std::chrono::system_clock::now();
    const acta::timestamp now = acta::clock::system().now();
    const auto after = std::chrono::system_clock::now();
    CHECK((now >= std::chrono::floor<std::chrono::microseconds>(before)));
    CHECK((now <= after));
    CHECK(&acta::clock::system() == &acta::clock::system());
}

TEST_CASE("a manual clock stands still until it is set or moved") {
    using namespace std::chrono_literals;
    acta::manual_clock manual(acta::timestamp(10us));
    const acta::clock& clock = manual;
    CHECK((clock.now() == acta::timestamp(10us)));
    CHECK((clock.now() == acta::timestamp(10us)));
    manual.advance(5ms);
    CHECK((clock.now() == acta::timestamp(5010us)));
    manual.set(acta::timestamp(-1us));
    CHECK((clock.now() == acta::timestamp(-1us)));
}
