// What each event type takes of a log, and the check before the first append or reading.
#include <acta/store/ranges.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/store/type_use.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace tests;

TEST_CASE("the events of each type are counted, with the first and the last position") {
    on_each_store([](acta::log& to) {
        CHECK(count_types(to).size() == 1);
        REQUIRE(to.append(account("ada"), none, {opened{"Ada"}, deposited{1}, deposited{2}, withdrawn{1}}));
        REQUIRE(to.append(account("ada"), any, {deposited{3}}));
        const auto all = count_types(to);
        REQUIRE(all.size() == 4);
        CHECK(all[1].events == 1);
        CHECK(all[2].events == 3);
        CHECK(all[2].first == 2);
        CHECK(all[2].last == 5);
        CHECK(all[3].events == 1);
        const auto some = count_types(to, {"account.withdrawn"});
        CHECK(some[2].events == 0);
        CHECK(some[3].first == 4);
        CHECK(some[3].last == 4);
    });
}

TEST_CASE("a type that cannot be read is refused with the store, the event, the field, both types, the number of events and what to do") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, {opened{"Ada"}, deposited_changed{"1"}, opened{"Eve"}, deposited_changed{"2"}}));
        CHECK_NOTHROW(check_readable(to, event_list_of<acta::events<opened, withdrawn>>()));
        const failure why = thrown_by([&] { check_readable(to, event_list_of<acta::events<opened, deposited>>()); });
        CHECK(why.code() == errc::layout_mismatch);
        CHECK(why.what() ==
              to.name() + ": the event account.deposited, revision 1, is stored with fields that this program cannot take for its own (its "
                          "field 'cents' is stored as \"text\" and is \"i64\" here): raise the revision and add an upcast; 2 events are "
                          "stored so, at positions 2 to 4");
    });
}

TEST_CASE("a view refuses before its first event what it could not read later") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, {opened{"Ada"}, deposited_changed{"1"}}));
        CHECK(thrown_by([&] { (void)(to | views::of<opened, deposited>); }).code() == errc::layout_mismatch);
        CHECK_NOTHROW((void)(to | views::of<opened, withdrawn>));
    });
}
