// Every allocation of a runner and of an application fails in turn: rows are those of their checkpoint, and all goes on when there is memory again.
#include <acta/event/codec.hpp>
#include <acta/read/sql.hpp>
#include <acta/read/table.hpp>
#include <acta/replay/runner.hpp>
#include <acta/runtime/application.hpp>

#include "each_allocation.hpp"
#include "support/reading.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

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
