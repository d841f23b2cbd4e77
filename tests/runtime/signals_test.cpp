// Slots: called in order, let go of, and none stopped by another's exception.
#include "runtime/signal.hpp"

#include <doctest/doctest.h>

#include <optional>

namespace {
using numbers = acta::detail::signal<int>;
}

TEST_CASE("slots are called in the order in which they came") {
    const std::vector<std::string> nothing;
    numbers signal;
    CHECK(signal(0) == nothing);
    std::string said;
    const auto first = signal.connect([&](int number) { said += "a" + std::to_string(number); });
    const auto second = signal.connect([&](int number) { said += "b" + std::to_string(number); });
    CHECK(signal(1) == nothing);
    CHECK(signal(2) == nothing);
    CHECK(said == "a1b1a2b2");
}

TEST_CASE("a slot that throws stops none behind it, and its words are answered") {
    numbers signal;
    int called = 0;
    const auto first = signal.connect([](int) { throw std::runtime_error("no time"); });
    const auto second = signal.connect([](int) { throw 5; });
    const auto third = signal.connect([&](int) { ++called; });
    CHECK(signal(1) == std::vector<std::string>{"no time", "something was thrown that is no std::exception"});
    CHECK(called == 1);
}

TEST_CASE("a slot lives as long as its connection, which may outlive the signal") {
    int called = 0;
    std::optional<numbers> signal(std::in_place);
    acta::scoped_connection kept;
    {
        const auto here = signal->connect([&](int) { called += 1; });
        kept = signal->connect([&](int) { called += 10; });
        signal->connect([&](int) { called += 100; }).release();
        (*signal)(0);
    }
    CHECK(called == 111);
    (*signal)(0);
    CHECK(called == 221);
    kept.disconnect();
    (*signal)(0);
    CHECK(called == 321);
    kept = signal->connect([&](int) {});
    signal.reset();
    kept.disconnect();
}

TEST_CASE("a slot may let go of itself while it is called") {
    numbers signal;
    int called = 0;
    acta::scoped_connection once;
    once = signal.connect([&](int) {
        ++called;
        once.disconnect();
    });
    signal(1);
    signal(2);
    CHECK(called == 1);
}
