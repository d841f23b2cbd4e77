#include <acta/replay/rebuild.hpp>
#include <acta/replay/status.hpp>

#include "support_poison.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace poison;
using namespace std::chrono_literals;

namespace {

const acta::timestamp start{std::chrono::sys_days(std::chrono::year(2026) / 1 / 2)};

}  // namespace

TEST_CASE("a projection that never started is told from one at position 0, and from one that has caught up") {
    const scratch dir;
    acta::manual_clock clock(start);
    acta::sqlite_log log(":memory:", {.clock = &clock});
    const auto now = [&] { return acta::status_of(log, dir / "l.db", clock); };
    append(log, "ada", {bank::opened{"Ada"}});
    clock.advance(10s);
    append(log, "ada", {bank::deposited{1}, bank::deposited{2}});
    clock.advance(5s);
    acta::read_model_status status = now();
    CHECK_FALSE(status.checkpoint);
    CHECK(status.head == 3);
    CHECK(status.lag_events == 3);
    CHECK(status.lag_time == 15s);
    CHECK_FALSE(status.holder);

    acta::runner_of<ledger> run(log, dir / "l.db", {.clock = &clock});
    status = now();
    REQUIRE(status.checkpoint);
    CHECK(status.checkpoint->position == 0);
    CHECK(status.lag_events == 3);
    CHECK_FALSE(status.events_per_second);
    CHECK(status.projections.at(0).name == "ledger");
    REQUIRE(status.holder);
    CHECK(status.holder->process == ::getpid());
    CHECK(status.holder->since == start + 15s);

    run.catch_up(1);
    CHECK(now().lag_events == 2);
    CHECK(now().lag_time == 5s);
    run.catch_up();
    status = now();
    CHECK(status.lag_events == 0);
    CHECK(status.lag_time == 0s);
    CHECK(status.events_per_second);
    CHECK_FALSE(status.last_error);
    CHECK_FALSE(status.problem);
}

TEST_CASE("status tells the last error, when it was, and how many dead letters there are") {
    const scratch dir;
    const acta::manual_clock clock(start);
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const deposits_of fault(107);
    {
        acta::runner_options how = quick();
        how.clock = &clock;
        acta::runner_of<ledger>(log, dir / "l.db", how).catch_up();
        how = quick(acta::on_failure::stop);
        how.clock = &clock;
        CHECK(failure_of([&] { acta::runner_of<ledger>(log, dir / "stopped.db", how).catch_up(); }).code == acta::errc::projection_failed);
    }
    acta::read_model_status status = acta::status_of(log, dir / "l.db", clock);
    CHECK(status.dead_letters == 3);
    REQUIRE(status.last_error);
    CHECK(status.last_error->find("position 50") != std::string::npos);
    CHECK(status.last_error_at == start);
    status = acta::status_of(log, dir / "stopped.db", clock);
    CHECK(status.dead_letters == 0);
    CHECK(status.checkpoint->position == 45);
    REQUIRE(status.last_error);
    CHECK(status.last_error->find("no deposit of 107 is possible") != std::string::npos);
}

TEST_CASE("a checkpoint beyond the head, or of another history, is named") {
    const scratch dir;
    {
        acta::sqlite_log log(dir / "s.acta");
        fill(log, 3);
    }
    std::filesystem::copy_file(dir / "s.acta", dir / "backup.acta");
    {
        acta::sqlite_log log(dir / "s.acta");
        fill(log, 1);
        acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    }
    std::filesystem::rename(dir / "backup.acta", dir / "s.acta");
    acta::sqlite_log log(dir / "s.acta");
    const auto problem = [&] { return acta::status_of(log, dir / "l.db", acta::clock::system()).problem.value_or(""); };
    CHECK_MESSAGE(problem().find("up to position 30, and the store ends at 21") != std::string::npos, problem());
    for (int i = 0; i < 9; ++i) append(log, "joe", {bank::deposited{i}});
    CHECK_MESSAGE(problem().find("the entry at position 30 is another one") != std::string::npos, problem());
    const said why = failure_of([&] { acta::runner_of<ledger> run(log, dir / "l.db"); });
    CHECK(why.code == acta::errc::other_read_model);
    CHECK(why.text == problem());
    acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).replace();
    CHECK(problem().empty());
    CHECK(acta::runner_of<ledger>(log, dir / "l.db").position() == 30);
}

TEST_CASE("a rebuild under way is seen, and one that was left is not taken for one") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 500);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    acta::rebuild_options how;
    how.tell = [&](const acta::rebuild_progress& at) {
        const auto seen = acta::status_of(log, dir / "l.db", acta::clock::system()).rebuilding;
        REQUIRE(seen);
        CHECK(*seen <= at.position);
        return at.position < 2'000;
    };
    CHECK(failure_of([&] { acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>(), how).run(); }).code == acta::errc::cancelled);
    CHECK(std::filesystem::exists((dir / "l.db").string() + ".rebuild"));
    CHECK_FALSE(acta::status_of(log, dir / "l.db", acta::clock::system()).rebuilding);
}

TEST_CASE("the read models of a store are those in the folder beside it") {
    const scratch dir;
    acta::sqlite_log log(dir / "s.acta");
    fill(log, 3);
    CHECK(acta::read_models_of(log, dir / "s.acta", acta::clock::system()).empty());
    std::filesystem::create_directory(dir / "s.acta.models");
    acta::runner_of<ledger>(log, acta::read_model_path(dir / "s.acta", "ledger")).catch_up();
    acta::runner_of<counts>(log, acta::read_model_path(dir / "s.acta", "bank/counts")).catch_up();
    const auto all = acta::read_models_of(log, dir / "s.acta", acta::clock::system());
    REQUIRE(all.size() == 2);
    CHECK(all[0].file.filename() == "bank+counts.db");
    CHECK(all[1].projections.at(0).name == "ledger");
    CHECK_FALSE(all[1].problem);
    write_file(all[0].file, std::string(4'096, 'x'));
    const auto after = acta::read_models_of(log, dir / "s.acta", acta::clock::system());
    REQUIRE(after.size() == 2);
    REQUIRE(after[0].problem);
    CHECK(after[0].problem->find("bank+counts.db") != std::string::npos);
    CHECK(after[1].checkpoint == all[1].checkpoint);
}
