#include <acta/replay/rebuild.hpp>

#include "support_poison.hpp"

#include <doctest/doctest.h>

using namespace poison;

namespace {

/// The ledger after its author has changed his mind: withdrawals are not booked any more.
struct ledger_2 : ledger {
    static constexpr acta::projection_type projection{"ledger", 2};
};

}  // namespace

TEST_CASE("a rebuild makes the same rows, in a higher generation, and leaves one file") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    const std::string rows = dump(dir / "l.db");
    const acta::rebuilt done = acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).replace();
    CHECK(done.position == log.head());
    CHECK(done.generation == 2);
    CHECK(done.events == 303);
    CHECK(dump(dir / "l.db") == rows);
    CHECK(dir.files() == std::vector<std::string>{"l.db"});
    CHECK(acta::inspect_read_model(dir / "l.db").checkpoint->generation == 2);
    const acta::detail::connection on((dir / "l.db").string(), SQLITE_OPEN_READWRITE, "", "l.db");
    CHECK(on.number("SELECT count(*) FROM sqlite_schema WHERE name = 'acta_ledger_by_cents'") == 1);
    CHECK(on.number("SELECT count(*) FROM acta_read_model WHERE key = 'made_by'") == 0);
}

TEST_CASE("the runner goes on with what a rebuild has put in place, and so does who reads") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::runner_of<ledger> run(log, dir / "l.db", quick());
    {
        const deposits_of fault(107);
        run.catch_up();
    }
    const auto before = run.read();
    CHECK(acta::dead_letters(dir / "l.db").size() == 3);
    acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).replace();
    CHECK(before->rows.find("ada")->last_version == 15);
    CHECK(run.read()->rows.find("ada")->last_version == 101);
    CHECK(acta::dead_letters(dir / "l.db").empty());
    append(log, "ada", {bank::deposited{5}});
    run.catch_up();
    acta::runner_of<ledger>(log, dir / "whole.db").catch_up();
    CHECK(dump(dir / "l.db") == dump(dir / "whole.db"));
}

TEST_CASE("what would change is shown first, row by row, with the letters that explain it") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::runner_of<ledger> run(log, dir / "l.db", quick());
    {
        const deposits_of fault(107);
        run.catch_up();
    }
    {
        const acta::detail::connection on((dir / "l.db").string(), SQLITE_OPEN_READWRITE, "", "l.db");
        on.run("UPDATE ledger SET account = 'bib' WHERE account = 'bob'");
    }
    acta::rebuild again(log, dir / "l.db", acta::abi_of<ledger>());
    const acta::rebuild_difference found = again.difference(1);
    CHECK(found.position == run.position());
    CHECK(found.letters_before.size() == 3);
    CHECK(found.letters_after.empty());
    REQUIRE(found.tables.size() == 1);
    CHECK(found.tables[0].table == "ledger");
    CHECK(found.tables[0].added == 1);
    CHECK(found.tables[0].removed == 1);
    CHECK(found.tables[0].changed == 2);
    REQUIRE(found.tables[0].samples.size() == 3);
    CHECK(found.tables[0].samples[0].before.empty());
    CHECK(found.tables[0].samples[0].after == R"({"account":"bob","cents":6078,"events":101,"last_version":101})");
    CHECK(found.tables[0].samples[1].after.empty());
    CHECK(found.tables[0].samples[2].before == R"({"account":"ada","cents":700,"events":15,"last_version":15})");
    again.discard();
    CHECK_FALSE(std::filesystem::exists((dir / "l.db").string() + ".rebuild"));
    CHECK(acta::inspect_read_model(dir / "l.db").checkpoint->generation == 1);
}

TEST_CASE("an older revision is rebuilt into the newer one") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    CHECK(failure_of([&] { acta::runner_of<ledger_2> run(log, dir / "l.db"); }).code == acta::errc::outdated_read_model);
    acta::rebuild(log, dir / "l.db", acta::abi_of<ledger_2>()).replace();
    acta::runner_of<ledger_2> run(log, dir / "l.db");
    CHECK(run.position() == log.head());
    CHECK(failure_of([&] { acta::rebuild again(log, dir / "l.db", acta::abi_of<ledger>()); }).code == acta::errc::other_read_model);
}

TEST_CASE("a rebuild that was cancelled goes on where it stood") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 2'000);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    const std::string rows = dump(dir / "l.db");
    acta::rebuild_options how;
    how.run.batch_events = 1'000;
    int commits = 0;
    bool cancelled = false;
    how.run.on_commit = [&](const acta::checkpoint&) { cancelled = ++commits == 5; };
    how.tell = [&](const acta::rebuild_progress& at) {
        CHECK(at.until == log.head());
        return !cancelled;
    };
    const said why = failure_of([&] { acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>(), how).replace(); });
    CHECK(why.code == acta::errc::cancelled);
    CHECK(dump(dir / "l.db") == rows);
    const acta::rebuilt done = acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).replace();
    CHECK(done.events < 12'003);
    CHECK(done.events > 0);
    CHECK(dump(dir / "l.db") == rows);
}
