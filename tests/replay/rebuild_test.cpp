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

TEST_CASE("an event that fails in the rebuild as well keeps its letter, tried more often; what was mended has none any more") {
    const scratch dir;
    acta::manual_clock clock(acta::timestamp(std::chrono::hours(1)));
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::rebuild_options how;
    how.run = quick();
    how.run.clock = &clock;
    {
        faulty() = [](const acta::recorded<bank::deposited>& e) { return e->cents == 107 || e->cents == 103; };
        acta::runner_of<ledger>(log, dir / "l.db", how.run).catch_up();
        CHECK(acta::dead_letters(dir / "l.db").at(0).version == 8);
    }
    const deposits_of fault(107);
    acta::runner_of<ledger>(log, dir / "other.db", how.run).catch_up();
    clock.advance(std::chrono::hours(1));
    CHECK(acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>(), how).replace().dead_letters == 3);
    CHECK(acta::dead_letters(dir / "l.db").at(0).version == 16);
    CHECK(acta::dead_letters(dir / "l.db").at(0).attempts == 2);
    CHECK(acta::dead_letters(dir / "l.db").at(0).parked_at == clock.now());
    CHECK(dump(dir / "l.db") == dump(dir / "other.db"));
    const acta::timestamp then = clock.now();
    clock.advance(std::chrono::hours(1));
    CHECK(acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>(), how).replace().dead_letters == 3);
    CHECK(acta::dead_letters(dir / "l.db").at(0).attempts == 4);
    CHECK(acta::dead_letters(dir / "l.db").at(0).parked_at == then);
}

TEST_CASE("what the live runner does between the rebuild's work and its end is in what is put in place") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::runner_of<ledger> run(log, dir / "l.db");
    run.catch_up();
    acta::rebuild work(log, dir / "l.db", acta::abi_of<ledger>());
    work.run();
    append(log, "ada", {bank::deposited{5}});
    run.catch_up();
    CHECK(work.replace().position == log.head());
    CHECK(run.read()->rows.find("ada")->last_version == 102);
    append(log, "ada", {bank::deposited{5}});
    run.catch_up();
    CHECK(run.read()->rows.find("ada")->last_version == 103);
}

TEST_CASE("two rebuilds of one read model do not get into each other's way") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 5);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    acta::rebuild first(log, dir / "l.db", acta::abi_of<ledger>());
    const said why = failure_of([&] { acta::rebuild second(log, dir / "l.db", acta::abi_of<ledger>()); });
    CHECK(why.code == acta::errc::busy);
    CHECK(why.has("l.db.rebuild"));
    first.replace();
    CHECK(acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).replace().generation == 3);
}

TEST_CASE("what is no rebuild of a read model is refused, and the file stays as it was") {
    const scratch dir;
    acta::sqlite_log log(":memory:"), other(":memory:");
    fill(log, 5);
    fill(other, 5);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    const std::string before = bytes_of_file(dir / "l.db");
    const auto refused = [&](const acta::log& from, const std::filesystem::path& file, const acta_projection& by, acta::errc code) {
        const said why = failure_of([&] { acta::rebuild work(from, file, by); });
        CHECK_MESSAGE(why.code == code, why.text);
        CHECK(bytes_of_file(dir / "l.db") == before);
        CHECK_FALSE(std::filesystem::exists((dir / "l.db").string() + ".rebuild"));
    };
    refused(log, dir / "l.db", acta::abi_of<counts>(), acta::errc::other_read_model);
    refused(other, dir / "l.db", acta::abi_of<ledger>(), acta::errc::other_read_model);
    refused(log, ":memory:", acta::abi_of<ledger>(), acta::errc::misuse);
    refused(log, dir / "no" / "l.db", acta::abi_of<ledger>(), acta::errc::not_found);
}

TEST_CASE("what another build of the program began is begun again") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    { acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).run(); }
    const std::string fresh = (dir / "l.db").string() + ".rebuild";
    {
        const acta::detail::connection on(fresh, SQLITE_OPEN_READWRITE, "", fresh);
        on.run("UPDATE ledger SET cents = 0; UPDATE acta_read_model SET value = 'another' WHERE key = 'made_by'");
    }
    const std::string rows = dump(dir / "l.db");
    CHECK(acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).replace().events == 303);
    CHECK(dump(dir / "l.db") == rows);
    write_file(fresh, "not even a database, but long enough to be taken for one by somebody who looks at the size alone, and no further.");
    CHECK(failure_of([&] { acta::rebuild again(log, dir / "l.db", acta::abi_of<ledger>()); }).code == acta::errc::not_a_store);
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

TEST_CASE("a rebuild that waits to try an event again is interrupted when it is cancelled") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    append(log, "ada", {bank::deposited{13}});
    const deposits_of poison(13);
    acta::runner_options patient = quick();
    patient.back_off = std::chrono::seconds(60);
    int asked = 0;
    acta::rebuild_options how{.run = patient, .tell = [&](const acta::rebuild_progress&) { return ++asked < 10; }};
    const auto begun = std::chrono::steady_clock::now();
    CHECK(failure_of([&] { acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>(), how).replace(); }).code == acta::errc::cancelled);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(30));
}
