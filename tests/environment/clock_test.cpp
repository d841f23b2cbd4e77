// Clocks that disagree, go back, or are out of their mind: recorded_at never goes back, and nothing else depends on them.
#include <acta/store/sqlite.hpp>
#include <acta/replay/runner.hpp>
#include <acta/replay/status.hpp>

#include "support/child.hpp"
#include "support/reading.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

constexpr std::int64_t extremes[] = {std::numeric_limits<std::int64_t>::min(), -1'000'000, 0, 4'102'444'800'000'000'000,
                                     std::numeric_limits<std::int64_t>::max()};

timestamp at(std::int64_t microseconds) { return timestamp(std::chrono::microseconds(microseconds)); }

append_request with_id(const std::string& id) {
    append_request one = request(account("ada"), any, deposits(1));
    one.id = command_id(id);
    one.command = "deposit";
    return one;
}

}  // namespace

TEST_CASE("between two processes whose clocks differ by years, recorded_at never goes back") {
    const folder here;
    sqlite_log(here / "bank.acta");
    const auto work = [&](std::int64_t start) {
        return [&here, start](const child::voice&) {
            manual_clock clock(at(start));
            sqlite_log to(here / "bank.acta", {.clock = &clock});
            for (int i = 0; i < 300; ++i) {
                to.append(account(std::to_string(start)), exactly(i), deposits(1)).value();
                clock.advance(1s);
            }
            return 0;
        };
    };
    child ahead(work(2'000'000'000'000'000)), behind(work(1'000'000'000'000'000));
    CHECK(ahead.wait() == 0);
    CHECK(behind.wait() == 0);
    const sqlite_log log(here / "bank.acta");
    check_gapless(log, 600);
    std::int64_t last = 0;
    for (const seen& event : read_all(log)) {
        CHECK(event.recorded_at >= last);
        last = event.recorded_at;
    }
    CHECK(last >= 2'000'000'000'000'000);
    CHECK(log.verify().sound());
}

TEST_CASE("whatever the clock says, before 1970 or at the end of time, appends, answers, reading and opening again work") {
    for (const std::int64_t when : extremes)
        for (const std::int64_t later : extremes) {
            CAPTURE(when);
            CAPTURE(later);
            const folder here;
            manual_clock clock(at(when));
            {
                sqlite_log log(here / "bank.acta", {.clock = &clock, .command_age = 1h});
                CHECK(log.created_at() == at(when));
                log.append(with_id("first")).value();
                clock.set(at(later));
                log.append(with_id("second")).value();
                CHECK(log.find_answer(command_id("second")));
            }
            sqlite_log log(here / "bank.acta", {.clock = &clock});
            log.append(account("ada"), exactly(2), deposits(1)).value();
            const auto events = read_all(log);
            CHECK(events.size() == 3);
            CHECK(events[0].recorded_at == std::max<std::int64_t>(when, 0));  // nothing was recorded before 1970
            CHECK(events[1].recorded_at == std::max(events[0].recorded_at, later));
            CHECK(events[2].recorded_at == events[1].recorded_at);
            CHECK(log.verify().sound());
        }
}

TEST_CASE("a read model whose clock is out of its mind is filled all the same, and its status says how far behind it is") {
    for (const std::int64_t stored : extremes)
        for (const std::int64_t asked : extremes) {
            CAPTURE(stored);
            CAPTURE(asked);
            const folder here;
            const manual_clock clock(at(stored)), other(at(asked));
            sqlite_log log(here / "bank.acta", {.clock = &clock});
            log.append({"account", "ada"}, any, {bank::deposited{1}}).value();
            runner_of<bank::balances> run(log, here / "model.db", {.clock = &other});
            CHECK(run.catch_up().position == 1);
            log.append({"account", "ada"}, any, {bank::deposited{1}}).value();
            const read_model_status behind = status_of(log, here / "model.db", other);
            CHECK(behind.lag_events == 1);
            CHECK(behind.lag_time >= 0s);
            CHECK(run.catch_up().position == 2);
            CHECK(run.read()->rows.find("ada")->cents == 2);
        }
}
