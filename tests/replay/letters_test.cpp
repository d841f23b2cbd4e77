#include <acta/replay/dead_letters.hpp>
#include <acta/replay/runner.hpp>

#include "replay/model.hpp"
#include "support_poison.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace poison;

namespace {

const acta::clock& now = acta::clock::system();

/// Round 7 deposits 107 to each account: ada at position 46 and version 16, bob at 48, eve at 50.
constexpr int rounds = 10;

acta::dead_letter only_letter(const std::filesystem::path& file, const char* stream) {
    for (const acta::dead_letter& each : acta::dead_letters(file))
        if (each.stream == stream) return each;
    FAIL("no letter");
    return {};
}

}  // namespace

TEST_CASE("an event that fails is parked with all that is known of it, and its stream with it; the others go on") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, rounds);
    append(log, "joe", {bank::opened{"Joe"}, bank::deposited{1}});
    const deposits_of fault(107);
    std::vector<acta::dead_letter> told;
    acta::runner_options how = quick();
    how.on_parked = [&](const acta::dead_letter& each) { told.push_back(each); };
    acta::runner_of<ledger> run(log, dir / "l.db", how);
    run.catch_up();
    CHECK(run.position() == log.head());
    const auto letters = acta::dead_letters(dir / "l.db");
    REQUIRE(letters.size() == 3);
    CHECK(told.size() == 3);
    CHECK(letters[0].projection == "ledger");
    CHECK(letters[0].stream == "account-ada");
    CHECK(letters[0].version == 16);
    CHECK(letters[0].position == 46);
    CHECK(letters[0].type == "account.deposited");
    CHECK(letters[0].revision == 1);
    CHECK(letters[0].error == "no deposit of 107 is possible");
    CHECK(letters[0].attempts == 2);
    CHECK(letters[0].whole_stream);
    CHECK(run.read()->rows.find("ada")->cents == 721 - 21);
    CHECK(run.read()->rows.find("ada")->last_version == 15);
    CHECK(run.read()->rows.find("joe")->last_version == 2);
    append(log, "ada", {bank::deposited{5}});
    run.catch_up();
    CHECK(run.read()->rows.find("ada")->last_version == 15);  // skipped, too
    CHECK(acta::dead_letters(dir / "l.db").size() == 3);
}

TEST_CASE("a letter is retried from its version up to the checkpoint, and the rows are as if nothing had failed") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, rounds);
    acta::runner_of<ledger> run(log, dir / "l.db", quick());
    {
        const deposits_of fault(107);
        run.catch_up();
        const acta::dead_letter letter = only_letter(dir / "l.db", "account-ada");
        const std::string rows = dump(dir / "l.db");
        const said why = failure_of([&] { acta::retry_dead_letter(log, dir / "l.db", acta::abi_of<ledger>(), letter, now); });
        CHECK(why.code == acta::errc::projection_failed);
        CHECK_MESSAGE(why.has("position 46"), why.text);
        CHECK(only_letter(dir / "l.db", "account-ada").attempts == 3);
        CHECK(dump(dir / "l.db") == rows);
    }
    for (const acta::dead_letter& each : acta::dead_letters(dir / "l.db"))
        CHECK(acta::retry_dead_letter(log, dir / "l.db", acta::abi_of<ledger>(), each, now) == 6);
    CHECK(acta::dead_letters(dir / "l.db").empty());
    append(log, "ada", {bank::deposited{5}});  // and the runner, which was there all the time, goes on with what is stored now
    run.catch_up();
    acta::runner_of<ledger>(log, dir / "whole.db").catch_up();
    CHECK(dump(dir / "l.db") == dump(dir / "whole.db"));
    CHECK(acta::inspect_read_model(dir / "l.db").checkpoint->generation == 4);
}

TEST_CASE("a letter that is discarded leaves its events out, and the stream goes on behind the checkpoint") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, rounds);
    const deposits_of fault(107);
    acta::runner_of<ledger> run(log, dir / "l.db", quick());
    run.catch_up();
    const acta::dead_letter letter = only_letter(dir / "l.db", "account-ada");
    acta::discard_dead_letter(dir / "l.db", letter, now);
    CHECK(acta::dead_letters(dir / "l.db").size() == 2);
    append(log, "ada", {bank::deposited{5}});
    run.catch_up();
    CHECK(run.read()->rows.find("ada")->events == 16);
    CHECK(run.read()->rows.find("ada")->last_version == 22);
    const said why = failure_of([&] { acta::discard_dead_letter(dir / "l.db", letter, now); });
    CHECK(why.code == acta::errc::not_found);
    CHECK_MESSAGE(why.has("account-ada"), why.text);
}

TEST_CASE("where the order does not matter one event is parked, and later ones of its stream are applied") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, rounds);
    {
        const deposits_of fault(107);
        acta::runner_of<ledger> run(log, dir / "l.db", quick(acta::on_failure::park));
        run.catch_up();
        CHECK(run.read()->rows.find("ada")->events == 20);
        CHECK_FALSE(only_letter(dir / "l.db", "account-ada").whole_stream);
    }
    CHECK(acta::retry_dead_letter(log, dir / "l.db", acta::abi_of<ledger>(), only_letter(dir / "l.db", "account-ada"), now) == 1);
    CHECK(acta::reading<ledger>(dir / "l.db")->rows.find("ada")->events == 21);
}

TEST_CASE("a failure that passes needs no letter: the event is tried again after a while") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, rounds);
    int failures = 0;
    faulty() = [&](const acta::recorded<bank::deposited>& e) { return e->cents == 107 && ++failures <= 2; };
    acta::runner_options how = quick();
    how.attempts = 3;
    how.back_off = std::chrono::milliseconds(20);
    acta::runner_of<ledger> run(log, dir / "l.db", how);
    const auto begun = std::chrono::steady_clock::now();
    run.catch_up();
    faulty() = nullptr;
    CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(20 + 40));
    CHECK(acta::dead_letters(dir / "l.db").empty());
    acta::runner_of<ledger>(log, dir / "whole.db").catch_up();
    CHECK(dump(dir / "l.db") == dump(dir / "whole.db"));
}

TEST_CASE("a letter of a group keeps the event from one projection alone") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, rounds);
    const acta::runner::group both{&acta::abi_of<ledger>(), &acta::abi_of<counts>()};
    {
        const deposits_of fault(107);
        acta::runner run(log, dir / "g.db", both, quick());
        run.catch_up();
        CHECK(run.read<counts>()->rows.find("ada")->deposits == 10);
        CHECK(run.read<ledger>()->rows.find("ada")->last_version == 15);
    }
    for (const acta::dead_letter& each : acta::dead_letters(dir / "g.db")) {
        CHECK(each.projection == "ledger");
        CHECK(failure_of([&] { acta::retry_dead_letter(log, dir / "g.db", acta::abi_of<counts>(), each, now); }).code ==
              acta::errc::misuse);
        acta::retry_dead_letter(log, dir / "g.db", acta::abi_of<ledger>(), each, now);
    }
    acta::runner(log, dir / "whole.db", both).catch_up();
    CHECK(dump(dir / "g.db") == dump(dir / "whole.db"));
}

TEST_CASE("a letter that another took away while a retry of it failed does not come back") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, rounds);
    acta::runner_of<ledger> run(log, dir / "l.db", quick());
    {
        const deposits_of fault(107);
        run.catch_up();
    }
    const acta::dead_letter letter = only_letter(dir / "l.db", "account-ada");
    acta::detail::model other(dir / "l.db", acta::detail::access::mend, {});
    std::jthread taking;
    faulty() = [&](const acta::recorded<bank::deposited>&) {
        taking = std::jthread([&] {
            acta::detail::transaction turn(other);
            other.erase(letter);
            turn.commit();
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(100));  // so that it is the next in line
        return true;
    };
    const said why = failure_of([&] { acta::retry_dead_letter(log, dir / "l.db", acta::abi_of<ledger>(), letter, now); });
    faulty() = nullptr;
    taking.join();
    CHECK(why.code == acta::errc::projection_failed);
    for (const acta::dead_letter& each : acta::dead_letters(dir / "l.db")) CHECK(each.stream != "account-ada");
}
