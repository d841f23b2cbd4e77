// An event with what surrounds it.
#include <acta/event/recorded.hpp>

#include <doctest/doctest.h>

namespace {

struct deposited {
    std::int64_t cents = 0;
};

acta::envelope surroundings() {
    acta::envelope about;
    about.stream = acta::stream_name("account-ada");
    about.version = 3;
    about.position = 17;
    about.recorded_at = acta::timestamp(std::chrono::microseconds(5));
    about.metadata.with_actor("teller-7");
    about.tags = {acta::tag("email", "ada")};
    return about;
}

template <class Recorded>
void check_surroundings(const Recorded& event) {
    CHECK(event.stream().id() == "ada");
    CHECK(event.version() == 3);
    CHECK(event.position() == 17);
    CHECK(event.recorded_at().time_since_epoch().count() == 5);
    CHECK(event.metadata().actor() == "teller-7");
    CHECK(event.tags() == std::vector{acta::tag("email:ada")});
}

}  // namespace

TEST_CASE("a recorded event is the event and its envelope") {
    const acta::recorded<deposited> event({500}, surroundings());
    CHECK(event->cents == 500);
    CHECK((*event).cents == 500);
    CHECK(event.event().cents == 500);
    check_surroundings(event);
}

TEST_CASE("a recorded event is a value, and one object can be filled again") {
    acta::recorded<deposited> event;
    CHECK(event.version() == 0);
    CHECK(event.position() == 0);
    event.event_to_fill().cents = 7;
    event.envelope_to_fill() = surroundings();
    const acta::recorded<deposited> kept = event;
    event.event_to_fill().cents = 8;
    CHECK(kept->cents == 7);
    check_surroundings(kept);
}

TEST_CASE("any event is its stored type and JSON") {
    acta::recorded<acta::any_event> event;
    event.fill("account.deposited", 2, R"({"cents":500})");
    event.envelope_to_fill() = surroundings();
    CHECK(event.type() == "account.deposited");
    CHECK(event.revision() == 2);
    CHECK(event.json() == R"({"cents":500})");
    check_surroundings(event);
}
