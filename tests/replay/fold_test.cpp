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
