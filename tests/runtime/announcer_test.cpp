// What becomes of notes between the one who makes them and the slots.
#include "runtime/announcer.hpp"

#include <doctest/doctest.h>

TEST_CASE("the head that slots are told of only grows, in whatever order it is noted") {
    const acta::workers threads({.threads = 1});
    acta::detail::announcer to(threads.pool());  // not in the pool: it steps when the test says so
    std::vector<acta::position> told;
    const auto kept = to.appended.connect([&](const acta::position& head) { told.push_back(head); });
    to.note(acta::position{6});
    to.note(acta::position{5});
    static_cast<void>(to.step());
    CHECK(told == std::vector<acta::position>{6});
    to.note(acta::position{4});
    to.note(acta::position{6});
    static_cast<void>(to.step());
    CHECK(told == std::vector<acta::position>{6});
    to.note(acta::position{7});
    static_cast<void>(to.step());
    CHECK(told == std::vector<acta::position>{6, 7});
}
