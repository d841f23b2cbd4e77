#include <acta/replay/fold.hpp>
#include <acta/replay/runner.hpp>

#include "support_files.hpp"

#include <doctest/doctest.h>

namespace {

/// No tables: what it knows it keeps in its members.
struct turnover {
    static constexpr acta::projection_type projection{"turnover", 1};
    using consumes = acta::events<bank::deposited, bank::withdrawn>;
    std::int64_t in = 0, out = 0;
    acta::position last = 0;
    void apply(const acta::recorded<bank::deposited>& e) { in += e->cents, last = e.position(); }
    void apply(const acta::recorded<bank::withdrawn>& e) {
        if (e->cents == 6) throw std::runtime_error("no sixes");
        out += e->cents;
    }
};

/// Says how two objects become one, a table and a member alike.
struct merging {
    static constexpr acta::projection_type projection{"merging", 1};
    using consumes = acta::events<bank::deposited>;
    acta::table<bank::balance, &bank::balance::account_id> rows{"balance"};
    std::vector<acta::position> seen;
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<bank::deposited>& e) {
        if (e->cents == 777'777) throw std::runtime_error("no sevens");
        rows[e.stream().id()].cents += e->cents;
        seen.push_back(e.position());
    }
    void merge(const merging& later) {
        for (const bank::balance& row : later.rows) rows[row.account_id].cents += row.cents;
        seen.insert(seen.end(), later.seen.begin(), later.seen.end());
    }
};
static_assert(acta::mergeable<merging>);
static_assert(!acta::mergeable<turnover>);

/// `count` deposits of 1, 2, 3 ... cents on ten accounts.
void fill_many(acta::log& log, int count) {
    std::vector<acta::append_request> requests;
    for (int i = 0; i < count; ++i) {
        acta::append_request one;
        one.writes.push_back({acta::stream_name("account", std::to_string(i % 10)), acta::any, {bank::deposited{i + 1}}});
        requests.push_back(std::move(one));
    }
    for (const acta::append_result& each : log.append_all(requests)) REQUIRE(each);
}

}  // namespace

TEST_CASE("a projection without tables is folded over the log") {
    acta::sqlite_log log(":memory:");
    fill(log, 5);
    turnover sum;
    CHECK(acta::fold(log, sum) == log.head());
    CHECK(sum.in == 3 * (5 * 100 + 10));
    CHECK(sum.out == 3 * 10);
    CHECK(sum.last == 32);
}

TEST_CASE("a fold ends where it is told, and goes on from there") {
    acta::sqlite_log log(":memory:");
    fill(log, 5);
    turnover sum;
    acta::position reached = acta::fold(log, sum, {.until = 10});
    CHECK(reached == 10);
    CHECK(sum.last == 10);
    acta::position told = 0;
    reached = acta::fold(log, sum, {.after = reached, .tell = [&](const acta::progress& at) { told = at.position; }});
    CHECK(reached == log.head());
    CHECK(told == log.head());
    turnover whole;
    acta::fold(log, whole);
    CHECK(sum.in == whole.in);
    CHECK(acta::fold(log, sum, {.after = reached}) == reached);
}

TEST_CASE("tables are kept in memory and read through themselves") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 5);
    bank::balances now;
    const acta::position reached = acta::fold(log, now);
    CHECK(now.rows.find("ada")->cents == 500);
    CHECK(now.owners.find("Ada & Bob")->accounts == 2);
    CHECK(now.journal.one<std::int64_t>("SELECT count(*) FROM journal") == 30);
    append(log, "ada", {bank::deposited{1}});
    acta::fold(log, now, {.after = reached});
    CHECK(now.rows.find("ada")->cents == 501);
    acta::runner_of<bank::balances> run(log, dir / "b.db");
    run.catch_up();
    const auto stored = run.read();
    auto same = stored->rows.begin();
    for (const bank::balance& row : now.rows) {
        CHECK(row.cents == same->cents);
        ++same;
    }
    CHECK(same == stored->rows.end());
}

TEST_CASE("a failing event is named with its place") {
    acta::sqlite_log log(":memory:");
    fill(log, 8);
    turnover sum;
    const said why = failure_of([&] { acta::fold(log, sum); });
    CHECK(why.code == acta::errc::projection_failed);
    for (const char* const part : {"'turnover'", "account.withdrawn", "account-ada", "position 41", "no sixes"})
        CHECK_MESSAGE(why.has(part), why.text);
}

TEST_CASE("a projection that says how to merge is folded by several workers as by one") {
    const scratch dir;
    acta::sqlite_log log(dir / "store.acta");
    fill_many(log, 40'001);
    merging one, several;
    CHECK(acta::fold(log, one, {.workers = 1}) == log.head());
    acta::position told = 0;
    acta::position reached =
        acta::fold(log, several, {.until = 40'000, .tell = [&](const acta::progress& at) { told = at.position; }, .workers = 3});
    CHECK(reached == 40'000);
    CHECK(told == 40'000);
    CHECK(acta::detail::shares_worth(log, {.workers = 3}) == 3);
    CHECK(acta::detail::shares_worth(log, {.until = 19'999, .workers = 3}) == 1);
    reached = acta::fold(log, several, {.after = reached});
    CHECK(several.seen == one.seen);
    auto same = one.rows.begin();
    for (const bank::balance& row : several.rows) {
        CHECK(row.cents == same->cents);
        ++same;
    }
    CHECK(same == one.rows.end());
}

TEST_CASE("a worker that fails ends the fold of all, and is named") {
    const scratch dir;
    acta::sqlite_log log(dir / "store.acta");
    fill_many(log, 39'999);
    append(log, "ada", {bank::deposited{777'777}});
    merging sum;
    const said why = failure_of([&] { acta::fold(log, sum); });
    CHECK(why.code == acta::errc::projection_failed);
    CHECK(why.has("position 40000"));
    CHECK(why.has("no sevens"));
}
