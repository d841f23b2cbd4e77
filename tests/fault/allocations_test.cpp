// Every allocation of a store fails in turn, of C++ and of SQLite, once or until there is memory again: what was answered is what is stored.
#include "each_allocation.hpp"
#include "support/reading.hpp"
#include "support/witness.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

TEST_CASE("whichever allocation of making a store fails, there is none or a whole one, and nothing else is left behind") {
    for_each_allocation([](const scarce_memory& scarce, counts& all) {
        const folder here;
        const auto file = here / "bank.acta";
        try_to(scarce, all, [&] { scarce.in([&] { const sqlite_log log(file); }); });
        CHECK_FALSE(says(here.listing(), ".new-"));
        sqlite_log log(file);
        CHECK(log.append(account("ada"), none, deposits(1)));
    });
}

TEST_CASE("whichever allocation of opening a store fails, it opens when there is memory again, with all that was in it") {
    const folder here;
    const auto file = here / "bank.acta";
    REQUIRE(sqlite_log(file).append(account("ada"), none, {opened{"Ada"}, deposited{1}, withdrawn{1}}));
    for_each_allocation([&](const scarce_memory& scarce, counts& all) {
        try_to(scarce, all, [&] { scarce.in([&] { const sqlite_log log(file); }); });
        check_gapless(sqlite_log(file), 3);
    });
}

TEST_CASE("whichever allocation of appending fails, what was answered is what is stored, and the next append goes through") {
    std::size_t unknown = 0;
    for_each_allocation([&](const scarce_memory& scarce, counts& all) {
        std::mt19937_64 random(1);
        const folder here;
        const auto file = here / "bank.acta";
        witness saw(random);
        {
            sqlite_log log(file, {.checkpoint_pages = 8});
            const auto plainly = saw.send;
            saw.send = [&](sqlite_log& to, std::span<const append_request> requests) {
                return scarce.in([&] { return to.append_all(requests); });
            };
            for (int i = 0; i < 12; ++i) try_to(scarce, all, [&] { saw.append_something(log); });
            saw.send = plainly;
            saw.append_something(log);
            saw.check(log);
            unknown += saw.unknown();
        }
        const sqlite_log again(file);
        saw.check(again);
    });
    MESSAGE(unknown << " appends of unknown ending");
}

TEST_CASE("whichever allocation of an append that nobody waits for fails, its future and the store say the same") {
    for_each_allocation([&](const scarce_memory& scarce, counts& all) {
        const folder here;
        const auto file = here / "bank.acta";
        position acknowledged = 0;
        {
            sqlite_log log(file);
            append_request wanted = request(account("ada"), none, {opened{"Ada"}, withdrawn{1}});
            try_to(scarce, all,
                   [&] { acknowledged = scarce.in([&] { return log.append_async(std::move(wanted)).get(); }).value().last_position; });
        }
        check_gapless(sqlite_log(file), acknowledged);
    });
}

TEST_CASE("whichever allocation of reading fails, nothing false is read, and the next reading is whole") {
    const folder here;
    sqlite_log log(here / "bank.acta");
    append_request first = request(account("ada"), none, {opened{"Ada"}, deposited{1}, withdrawn{1}});
    first.id = command_id("order 1");
    first.command = "open";
    REQUIRE(log.append(first));
    REQUIRE(log.append(account("bob"), none, {opened{"Bob"}, withdrawn{2} | tagged("a", "b")}));
    const read_options debits{.query = {{matching(tag("kind", "debit"))}}};
    const auto everything = read_all(log), of_bob = read_all(log, account("bob")), of_debits = read_all(log, debits);
    const auto same = [&] {
        return read_all(log) == everything && read_all(log, account("bob")) == of_bob && read_all(log, debits) == of_debits &&
               log.find_answer(command_id("order 1")) && log.find_stream(account("bob"))->version == 2 && log.streams(0, 9).size() == 2 &&
               log.types().size() == 3 && log.head() == 5 && log.verify().sound();
    };
    for_each_allocation([&](const scarce_memory& scarce, counts& all) {
        try_to(scarce, all, [&] {
            const bool whole = scarce.in(same);
            CHECK(whole);
        });
        CHECK(same());
    });
    CHECK(log.verify().sound());
}
