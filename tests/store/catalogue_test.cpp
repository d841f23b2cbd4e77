// The catalogue: a type is stored once, and never as two things.
#include <acta/event/layout.hpp>
#include <acta/store/ranges.hpp>
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <range/v3/range/conversion.hpp>
#include <store/catalogue.hpp>
#include <store/schema.hpp>

using namespace acta;
using namespace tests;

TEST_CASE("a type is stored once, with its layout and fingerprint, however many events there are") {
    on_each_store([](acta::log& to) {
        CHECK(to.types().empty());
        for (int i = 0; i < 5; ++i) REQUIRE(to.append(account(std::to_string(i)), none, {opened{"x"}, deposited{1}, deposited{2}}));
        REQUIRE(to.append(account("0"), any, {withdrawn{1}}));
        const auto types = to.types();
        REQUIRE(types.size() == 3);
        CHECK(types[0].name == "account.opened");
        CHECK(types[1].name == "account.deposited");
        CHECK(types[2].name == "account.withdrawn");
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(types[i].id == i + 1);
            CHECK(types[i].revision == 1);
            CHECK(types[i].fingerprint == fingerprint_of(types[i].layout_text));
        }
        CHECK(types[1].layout_text == codec_of<deposited>().layout_text);
        CHECK(&to.type(2) == &to.type(2));
        CHECK(to.type(2).name == "account.deposited");
    });
}

TEST_CASE("a number that is not in the catalogue is refused") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, {deposited{1}}));
        for (const type_id id : {type_id{0}, type_id{2}, std::numeric_limits<type_id>::max()}) {
            const failure why = thrown_by([&] { (void)to.type(id); });
            CHECK(why.code() == errc::not_found);
            CHECK(says(why, std::to_string(id)));
        }
    });
}

TEST_CASE("the same name and revision with a field of another type is refused, the field is named, and nothing is stored") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, {deposited{1}}));
        const failure why = thrown_by([&] { (void)to.append(account("ada"), any, {opened{"x"}, deposited_changed{"n"}}); });
        CHECK(why.code() == errc::layout_mismatch);
        CHECK(says(why, "account.deposited"));
        CHECK(says(why, "'cents' is stored as \"i64\" and is \"text\" here"));
        CHECK(says(why, "upcast"));
        CHECK(to.types().size() == 1);
        CHECK(to.head() == 1);
        CHECK(to.append(account("ada"), exactly(1), {deposited{2}, opened{"y"}}));
        CHECK(to.types().size() == 2);
    });
}

TEST_CASE("the same name and revision with fields that resolve is a further row, and both are read by both programs") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, {deposited{1}}));
        REQUIRE(to.append(account("ada"), exactly(1), {deposited_extended{"second", 2}}));
        REQUIRE(to.append(account("ada"), exactly(2), {deposited{3}}));
        REQUIRE(to.types().size() == 2);
        CHECK(to.types()[0].name == to.types()[1].name);
        CHECK(to.types()[0].revision == to.types()[1].revision);
        CHECK(to.types()[0].fingerprint != to.types()[1].fingerprint);
        const auto newer = to | views::of<deposited_extended> |
                           ranges::views::transform([](const recorded<deposited_extended>& e) { return *e; }) | ranges::to<std::vector>;
        CHECK(newer == std::vector{deposited_extended{"none", 1}, deposited_extended{"second", 2}, deposited_extended{"none", 3}});
        const auto older = to | views::of<deposited> | ranges::views::transform([](const recorded<deposited>& e) { return e->cents; }) |
                           ranges::to<std::vector>;
        CHECK(older == std::vector<std::int64_t>{1, 2, 3});
    });
}

TEST_CASE("two layouts of one type in one call are refused too") {
    on_each_store([](acta::log& to) {
        CHECK(thrown_by([&] {
                  (void)to.append(account("ada"), none, {deposited{1}, deposited_changed{"n"}});
              }).code() == errc::layout_mismatch);
        CHECK(to.types().empty());
        CHECK(to.append(account("ada"), none, {deposited_changed{"n"}}));
        CHECK(to.types().size() == 1);
    });
}

TEST_CASE("a type that a call brought with it is forgotten when the call fails, also by those who read meanwhile") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, {deposited{1}}));
        CHECK(thrown_by([&] {
                  (void)to.append(account("ada"), any, {withdrawn{1}, deposited_changed{}});
              }).code() == errc::layout_mismatch);
        CHECK(to.types().size() == 1);
        REQUIRE(to.append(account("ada"), any, {opened{"x"}}));
        REQUIRE(to.append(account("ada"), any, {withdrawn{1}}));
        CHECK(to.type(2).name == "account.opened");
        CHECK(to.type(3).name == "account.withdrawn");
        CHECK(read_all(to)[1].type == "account.opened");
        CHECK(read_all(to)[2].type == "account.withdrawn");
    });
}

TEST_CASE("a catalogue row that is not what was written is found when the store is opened") {
    const char* const damages[] = {"UPDATE event_type SET layout = replace(layout, 'cents', 'rents')",
                                   "UPDATE event_type SET name = 'account.deposited2' WHERE id = 1",
                                   "UPDATE event_type SET revision = 2",
                                   "UPDATE event_type SET fingerprint = fingerprint + 1",
                                   "UPDATE event_type SET checksum = checksum + 1",
                                   "UPDATE event_type SET id = 3 WHERE id = 2",
                                   "DELETE FROM event_type WHERE id = 1"};
    for (const std::string damage : damages) {
        CAPTURE(damage);
        const folder here;
        {
            sqlite_log to(here / "bank.acta");
            REQUIRE(to.append(account("ada"), none, {deposited{1}, opened{"x"}}));
        }
        REQUIRE(shell(here / "bank.acta").disarm().run(damage) == "");
        const failure why = thrown_by([&] { sqlite_log(here / "bank.acta"); });
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, "bank.acta"));
        CHECK(says(why, "event type"));
    }
}
