// Processes that are killed in the middle of a batch, of a letter or of a rebuild: the rows are those of their checkpoint.
#include <acta/replay/follower.hpp>
#include <acta/replay/rebuild.hpp>
#include <acta/replay/status.hpp>

#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support_poison.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <random>
#include <string>
#include <thread>

using namespace poison;
using namespace std::chrono_literals;
using tests::child;

namespace {

std::string integrity(const std::filesystem::path& file) {
    const acta::detail::connection on(file.string(), SQLITE_OPEN_READWRITE, "", file.string());
    acta::detail::statement check(on, "PRAGMA integrity_check");
    return check.step() ? std::string(check.text(0)) : "";
}

template <class Work>
std::chrono::nanoseconds took(const Work& work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::steady_clock::now() - begun;
}

/// The rows of a read model are those of a replay up to its checkpoint that nobody has disturbed.
void check_rows(const acta::log& log, const std::filesystem::path& file, const std::filesystem::path& undisturbed) {
    const auto at = acta::inspect_read_model(file).checkpoint;
    REQUIRE(at);
    for (const char* const suffix : {"", "-wal", "-shm"}) std::filesystem::remove(undisturbed.string() + suffix);
    acta::runner_of<ledger>(log, undisturbed, quick()).catch_up(at->position);
    CHECK(dump(file) == dump(undisturbed));
}

}  // namespace

TEST_CASE("killed at any moment of a replay with failing events, rows, letters and checkpoint belong together") {
    tests::campaign rounds(40);
    MESSAGE("seed " << rounds.seed());
    const scratch dir;
    const auto store = dir / "s.acta", file = dir / "l.db";
    {
        acta::sqlite_log log(store);
        fill(log, 1'000);
    }
    const deposits_of fault(700);
    int kills = 0;
    bool killed = true;
    do {
        if (!killed)  // it was through: from the beginning
            for (const char* const suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
        std::mt19937_64 random(rounds.seed_of_round());
        child runs([&, batch = 1 + random() % 300](const child::voice& parent) {
            const acta::sqlite_log log(store, {.read_only = true});
            acta::runner_options how = quick();
            how.batch_events = batch;
            acta::runner_of<ledger> run(log, file, how);
            parent.tell("runs");
            run.catch_up();
            return 0;
        });
        REQUIRE(runs.hear() == "runs");
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 6'000));
        runs.kill();
        killed = runs.wait() == 128 + SIGKILL;
        kills += killed;
        const acta::sqlite_log log(store, {.read_only = true});
        check_rows(log, file, dir / "undisturbed.db");
    } while (rounds.next());
    MESSAGE(kills << " kills");
    CHECK(kills > 0);
    CHECK(integrity(file) == "ok");
    const acta::sqlite_log log(store, {.read_only = true});
    acta::runner_of<ledger>(log, file, quick()).catch_up();
    CHECK(acta::dead_letters(file).size() == 3);
    check_rows(log, file, dir / "undisturbed.db");
}

TEST_CASE("killed at any moment of a rebuild, readers have the old rows or the new ones, and the next rebuild goes on") {
    tests::campaign rounds(60);
    MESSAGE("seed " << rounds.seed());
    const scratch dir;
    const auto store = dir / "s.acta", file = dir / "l.db";
    std::string right, wrong;
    acta::position head = 0;
    {
        acta::sqlite_log log(store);
        fill(log, 1'000);
        head = log.head();
        acta::runner_of<ledger>(log, file).catch_up();
        right = dump(file);
    }
    const auto spoil = [&] {
        const acta::detail::connection on(file.string(), SQLITE_OPEN_READWRITE, "", "l.db");
        on.run("UPDATE ledger SET cents = -1");
    };
    spoil();
    REQUIRE(dump(file) != right);
    std::chrono::nanoseconds making{}, putting_in_place{};
    {
        const acta::sqlite_log log(store, {.read_only = true});
        acta::rebuild undisturbed(log, file, acta::abi_of<ledger>());
        making = took([&] { undisturbed.run(); });
        putting_in_place = took([&] { undisturbed.replace(); });
        spoil();
    }
    int kills = 0, before_that = 0, in_it = 0, behind_it = 0;
    do {
        std::mt19937_64 random(rounds.seed_of_round());
        wrong = dump(file);
        child runs([&](const child::voice& parent) {
            const acta::sqlite_log log(store, {.read_only = true});
            acta::rebuild_options how;
            how.run.batch_events = 200;
            acta::rebuild fresh(log, file, acta::abi_of<ledger>(), how);
            parent.tell("runs");
            fresh.run();
            parent.tell("replaces");
            fresh.replace();
            return 0;
        });
        REQUIRE(runs.hear() == "runs");
        const bool late = random() % 2 == 0 && runs.hear() == "replaces";
        const auto longest = late ? 2 * putting_in_place : making + putting_in_place;
        std::this_thread::sleep_for(longest * (random() % 1'000) / 1'000);
        runs.kill();
        const bool replacing = late || runs.hear() == "replaces";
        const bool killed = runs.wait() == 128 + SIGKILL;
        CHECK(integrity(file) == "ok");
        const std::string now = dump(file);
        CHECK((now == wrong || now == right));
        CHECK(acta::inspect_read_model(file).checkpoint->position == head);
        if (killed) ++kills, ++(now == right ? behind_it : replacing ? in_it : before_that);
        if (now == right) spoil();
    } while (rounds.next());
    MESSAGE(kills << " kills: " << before_that << " before the rows were put in place, " << in_it << " meanwhile, " << behind_it
                  << " behind");
    if (!tests::sanitized) {  // there the rounds are few
        CHECK(in_it > 0);
        CHECK(behind_it > 0);
    }
    const acta::sqlite_log log(store, {.read_only = true});
    acta::rebuild(log, file, acta::abi_of<ledger>()).replace();
    CHECK(dump(file) == right);
    CHECK_FALSE(std::filesystem::exists(file.string() + ".rebuild"));
}

TEST_CASE("rebuilt from another process, over and over and killed now and then, the live one misses nothing and reads no mixture") {
    const tests::campaign round(1);
    MESSAGE("seed " << round.seed());
    std::mt19937_64 random(round.seed());
    const scratch dir;
    const auto store = dir / "s.acta", file = dir / "l.db";
    child live([&](const child::voice& parent) {
        acta::sqlite_log log(store);
        fill(log, 200);
        acta::follower it(log, file, {&acta::abi_of<ledger>()}, {.run = quick()});
        std::jthread thread([&](const std::stop_token& stop) { it.run(stop); });
        if (!it.wait(log.head(), std::chrono::steady_clock::now() + 10s)) return 1;
        parent.tell("follows");
        for (int i = 0; i < 400; ++i) {
            append(log, "ada", {bank::deposited{1}});
            if (!it.wait(log.head(), std::chrono::steady_clock::now() + 30s)) return 2;
            const acta::reading<ledger> now(file);
            std::int64_t events = 0;
            for (const ledger::row& row : now->rows) {
                events += row.events;
                if (row.events != row.last_version) return 3;
            }
            if (events != now.position() || now.position() < log.head()) return 4;
        }
        parent.tell("done");
        return 0;
    });
    REQUIRE(live.hear() == "follows");
    std::atomic<bool> done{false};
    std::jthread listener([&] { done = live.hear() == "done" || true; });
    int rebuilds = 0, kills = 0;
    while (!done) {
        child builds([&](const child::voice&) {
            const acta::sqlite_log log(store, {.read_only = true});
            acta::rebuild(log, file, acta::abi_of<ledger>()).replace();
            return 0;
        });
        if (random() % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000)), builds.kill();
        const int code = builds.wait();
        CHECK((code == 0 || code == 128 + SIGKILL));
        (code == 0 ? rebuilds : kills) += 1;
    }
    CHECK(live.wait() == 0);
    MESSAGE(rebuilds << " rebuilds put in place, " << kills << " killed");
    CHECK(rebuilds > 0);
    CHECK(integrity(file) == "ok");
    const acta::sqlite_log log(store, {.read_only = true});
    check_rows(log, file, dir / "undisturbed.db");
    CHECK(acta::inspect_read_model(file).checkpoint->generation > rebuilds);
}

TEST_CASE("letters that other processes retry and discard, over and over, disturb nothing that the live one does") {
    const scratch dir;
    const auto store = dir / "s.acta", file = dir / "l.db";
    { const acta::sqlite_log made(store); }
    child live([&](const child::voice& parent) {
        acta::sqlite_log log(store);
        const deposits_of fault(13);
        acta::follower it(log, file, {&acta::abi_of<ledger>()}, {.run = quick()});
        std::jthread thread([&](const std::stop_token& stop) { it.run(stop); });
        for (int i = 0; i < 1'500; ++i) {
            append(log, ("a" + std::to_string(i % 50)).c_str(), {bank::deposited{i % 20}});
            if (i % 10 == 0 && !it.wait(log.head(), std::chrono::steady_clock::now() + 30s)) return 1;
        }
        if (!it.wait(log.head(), std::chrono::steady_clock::now() + 30s)) return 2;
        parent.tell("done");
        return 0;
    });
    std::atomic<bool> done{false};
    std::jthread listener([&] { done = live.hear().has_value() || true; });
    int mended = 0;
    const auto mend = [&] {
        child mends([&](const child::voice& parent) {
            const acta::sqlite_log log(store, {.read_only = true});
            int count = 0;
            for (const acta::dead_letter& each : acta::dead_letters(file))
                acta::retry_dead_letter(log, file, acta::abi_of<ledger>(), each, acta::clock::system()), ++count;
            parent.tell(std::to_string(count));
            return 0;
        });
        if (const auto count = mends.hear()) mended += std::stoi(*count);
        CHECK(mends.wait() == 0);
    };
    while (!std::filesystem::exists(file)) std::this_thread::sleep_for(1ms);
    while (!done) mend();
    CHECK(live.wait() == 0);
    mend();
    MESSAGE(mended << " letters mended");
    CHECK(mended > 0);
    CHECK(integrity(file) == "ok");
    const acta::sqlite_log log(store, {.read_only = true});
    CHECK(acta::dead_letters(file).empty());
    check_rows(log, file, dir / "undisturbed.db");
}

TEST_CASE("a runner that is killed is followed by the one that stood by") {
    const scratch dir;
    const auto store = dir / "s.acta", file = dir / "l.db";
    const auto follows = [&](const child::voice& parent) -> int {
        acta::sqlite_log log(store);
        acta::follower it(log, file, {&acta::abi_of<ledger>()}, {.run = quick()});
        std::jthread thread([&](const std::stop_token& stop) { it.run(stop); });
        for (auto state = acta::follower_state::not_started;; std::this_thread::sleep_for(1ms))
            if (const auto now = it.status().state; now != state) parent.tell(to_string(state = now));
    };
    const auto until = [](child& of, const std::string& state) {
        while (const auto heard = of.hear())
            if (*heard == state) return true;
        return false;
    };
    child first(follows);
    REQUIRE(until(first, "up_to_date"));
    child second(follows);
    REQUIRE(until(second, "standing_by"));
    {
        const acta::sqlite_log log(store, {.read_only = true});
        CHECK(acta::status_of(log, file, acta::clock::system()).holder->process == first.pid());
    }
    first.kill();
    first.wait();
    REQUIRE(until(second, "up_to_date"));
    const acta::sqlite_log log(store, {.read_only = true});
    CHECK(acta::status_of(log, file, acta::clock::system()).holder->process == second.pid());
}
