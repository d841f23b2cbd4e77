// Every allocation fails in turn, of C++ and of SQLite, once or until there is memory again: what was answered is what is stored.
#include <acta/event/codec.hpp>
#include <acta/read/sql.hpp>
#include <acta/read/table.hpp>
#include <acta/replay/runner.hpp>
#include <acta/runtime/application.hpp>

#include "scarce_memory.hpp"
#include "support/campaign.hpp"
#include "support/reading.hpp"
#include "support/witness.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;
using lasting = scarce_memory::lasting;

namespace {

struct counts {
    std::uint64_t runs = 0, thrown = 0;
};

struct balance {
    std::string account{};
    std::int64_t cents = 0;
    std::vector<std::int64_t> bookings{};  // JSON in the table
    template <class Archive>
    void serialize(Archive& ar) {
        ar(field("account", account), field("cents", cents), field("bookings", bookings));
    }
};

}  // namespace

ACTA_JSON_COLUMNS(std::vector<std::int64_t>);

namespace {

/// A typed table and one of its own.
struct balances {
    static constexpr projection_type projection{"balances", 1};
    using consumes = events<deposited, withdrawn>;
    table<balance, &balance::account> rows{"balance"};
    sql journal{"CREATE TABLE IF NOT EXISTS journal (position INTEGER PRIMARY KEY, cents INTEGER NOT NULL) STRICT"};
    auto tables() { return std::tie(rows, journal); }

    void apply(const recorded<deposited>& e) { book(e.stream(), e.position(), e->cents); }
    void apply(const recorded<withdrawn>& e) { book(e.stream(), e.position(), -e->cents); }

private:
    void book(const stream_name& of, position at, std::int64_t cents) {
        balance& now = rows[of.id()];
        now.cents += cents;
        now.bookings.push_back(cents);
        journal.run("INSERT INTO journal VALUES (?, ?)", at, cents);
    }
};

/// Lives with scarce memory again and again, where the first allocation fails, the second, and so on to the last.
template <class Life>
void for_each_allocation(Life&& live) {
    constexpr std::uint64_t step = sanitized ? 11 : 1;
    if (step > 1) MESSAGE("reduced: every " << step << "th allocation fails, for a sanitizer slows everything down");
    for (const lasting how : {lasting::once, lasting::on}) {
        counts all;
        for (std::uint64_t n = 1;; n += step) {
            CAPTURE(n);
            const scarce_memory scarce(n, how);
            live(scarce, all);
            if (!scarce.struck()) break;
            ++all.runs;
        }
        MESSAGE(std::string(how == lasting::once ? "once: " : "from then on: ")
                << all.runs << " allocations failed, " << all.thrown << " calls said so");
        CHECK(all.thrown > 0);
    }
}

/// A call may end with bad_alloc, or with a failure that says what else it could not do for that; but for no other reason.
template <class Call>
void try_to(const scarce_memory& scarce, counts& all, Call&& call) {
    try {
        call();
    } catch (const std::bad_alloc&) { ++all.thrown; } catch (const failure& why) {
        CAPTURE(why.what());
        REQUIRE(scarce.struck());
        ++all.thrown;
    }
}

}  // namespace

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

namespace {

/// Of three accounts: with each call each of them has a deposit more.
void book(sqlite_log& log) {
    for (const char* const id : {"ada", "bob", "eve"}) REQUIRE(log.append(account(id), any, {opened{id}, deposited{100}, withdrawn{1}}));
}

/// The read model is made, or begins as a copy of the one given.
void check_catching_up(const sqlite_log& log, std::int64_t booked, const std::filesystem::path& begun = {}) {
    std::uint64_t parked = 0;
    for_each_allocation([&](const scarce_memory& scarce, counts& all) {
        const folder beside;
        const auto file = beside / "balances.db";
        if (!begun.empty()) std::filesystem::copy_file(begun, file);
        const auto run = [&] { runner_of<balances>(log, file, {.back_off = 0ms, .batch_events = 4}).catch_up(); };
        try_to(scarce, all, [&] { scarce.in(run); });
        CHECK_FALSE(says(beside.listing(), ".new-"));
        run();
        const auto letters = dead_letters(file);
        parked += letters.size();
        for (const dead_letter& each : letters) retry_dead_letter(log, file, abi_of<balances>(), each, clock::system());
        const reading<balances> now(file);
        CHECK(now.position() == log.head());
        for (const char* const id : {"ada", "bob", "eve"}) {
            const auto row = now->rows.find(id);
            CHECK(row->cents == 99 * booked);
            CHECK(row->bookings.size() == static_cast<std::size_t>(2 * booked));
        }
    });
    CHECK(parked == 0);
}

}  // namespace

TEST_CASE("whichever allocation of making a read model fails, its rows are those of its checkpoint, and it catches up") {
    const folder here;
    sqlite_log log(here / "bank.acta");
    book(log);
    check_catching_up(log, 1);
}

TEST_CASE("whichever allocation of going on with a read model fails, its rows are those of its checkpoint, and it catches up") {
    const folder here;
    sqlite_log log(here / "bank.acta");
    book(log);
    runner_of<balances>(log, here / "begun.db").catch_up();
    book(log);
    check_catching_up(log, 2, here / "begun.db");
}

TEST_CASE("whichever allocation in any thread of an application fails, it goes on when there is memory again") {
    std::uint64_t lives = 0;
    for_each_allocation([&](const scarce_memory& scarce, counts& all) {
        const folder here;
        application app(here / "bank.acta", {.projections = {.run = {.back_off = 1ms}}});
        app.handle<bank::account_commands>().project<bank::balances>().start();
        REQUIRE(app.send(bank::open_account{"ada", "Ada"}));
        bool answered = false;
        try_to(scarce, all, [&] {
            scarce.in([&] {
                answered = static_cast<bool>(app.send(bank::deposit{"ada", 1}));
                std::this_thread::sleep_for(5ms);
            });
        });
        const auto done = app.send(bank::deposit{"ada", 1});
        REQUIRE(done);
        const std::int64_t balance = app.load<bank::account>("ada")->state.balance;
        CHECK(balance >= (answered ? 2 : 1));
        CHECK(balance <= 2);
        if (++lives % 20 != 0) return;  // a failure is followed by a pause
        REQUIRE(app.wait_for<bank::balances>(done, 60s));
        CHECK(app.read<bank::balances>()->rows.find("ada")->cents == balance);
    });
}
