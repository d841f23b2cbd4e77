#include <acta/replay/follower.hpp>
#include <acta/replay/status.hpp>

#include "support/child.hpp"
#include "support_poison.hpp"
#include "write/meddling_log.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <csignal>
#include <thread>

using namespace poison;
using namespace std::chrono_literals;

namespace {

auto in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

template <class Condition>
bool eventually(const Condition& met) {
    for (const auto deadline = in(5s); std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(1ms))
        if (met()) return true;
    return false;
}

/// A follower on a thread of its own.
struct following {
    acta::follower it;
    std::jthread thread;
    following(const acta::log& log, const std::filesystem::path& file, acta::follower_options how = {.run = quick()})
        : it(log, file, {&acta::abi_of<ledger>()}, std::move(how)), thread([this](const std::stop_token& stop) { it.run(stop); }) {}
};

}  // namespace

TEST_CASE("a follower makes its file, catches up, and then applies each event soon after it was appended") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const following one(log, dir / "models" / "l.db");
    CHECK(one.it.wait(log.head(), in(5s)));
    for (int i = 0; i < 20; ++i) {
        append(log, "ada", {bank::deposited{1}});
        CHECK(one.it.wait(log.head(), in(5s)));
    }
    CHECK(one.it.status().state == acta::follower_state::up_to_date);
    const acta::waited late = one.it.wait(log.head() + 1, in(20ms));
    CHECK(late.ended == acta::waited::how::timed_out);
    CHECK_MESSAGE(late.why.find("stands at position 83, not yet at 84") != std::string::npos, late.why);
}

TEST_CASE("who waits for an event that a dead letter keeps out hears of it") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const deposits_of fault(107);
    const following one(log, dir / "l.db");
    CHECK(one.it.wait(log.head(), in(5s)));
    CHECK(one.it.wait(46, in(5s), "account-ada", 15));
    const acta::waited parked = one.it.wait(46, in(5s), "account-ada", 16);
    CHECK(parked.ended == acta::waited::how::parked);
    CHECK_MESSAGE(parked.why.find("account-ada") != std::string::npos, parked.why);
    CHECK(one.it.wait(46, in(5s), "account-ada", 17).ended == acta::waited::how::parked);
}

TEST_CASE("who waits for an event whose letter was retried or discarded meanwhile need not wait for another event") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const deposits_of fault(107);
    const following one(log, dir / "l.db");
    CHECK(one.it.wait(log.head(), in(5s)));
    faulty() = nullptr;
    append(log, "ada", {bank::deposited{5}});
    CHECK(one.it.wait(log.head(), in(5s)));
    for (const acta::dead_letter& each : acta::dead_letters(dir / "l.db")) {
        CHECK(one.it.wait(log.head(), in(0s), each.stream, each.version).ended == acta::waited::how::parked);
        if (each.stream == "account-bob") acta::discard_dead_letter(dir / "l.db", each, acta::clock::system());
        else acta::retry_dead_letter(log, dir / "l.db", acta::abi_of<ledger>(), each, acta::clock::system());
        CHECK(one.it.wait(log.head(), in(0s), each.stream, each.version));
    }
}

TEST_CASE("who waits for one projection of a group hears of its letters alone") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const deposits_of fault(107);
    acta::follower one(log, dir / "g.db", {&acta::abi_of<ledger>(), &acta::abi_of<counts>()}, {.run = quick()});
    while (one.position() != log.head()) one.step();
    CHECK(one.wait(46, in(0s), "account-ada", 16, "ledger").ended == acta::waited::how::parked);
    CHECK(one.wait(46, in(0s), "account-ada", 16, "counts"));
    CHECK(one.wait(46, in(0s), "account-ada", 16).ended == acta::waited::how::parked);
}

TEST_CASE("a second follower stands by, sees what the first one does, and takes over when it ends") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    auto first = std::make_unique<following>(log, dir / "l.db");
    CHECK(first->it.wait(log.head(), in(5s)));
    const following second(log, dir / "l.db");
    CHECK(second.it.wait(log.head(), in(5s)));
    CHECK(second.it.status().state == acta::follower_state::standing_by);
    first.reset();
    append(log, "ada", {bank::deposited{1}});
    CHECK(second.it.wait(log.head(), in(5s)));
    CHECK(acta::status_of(log, dir / "l.db", acta::clock::system()).holder);
    CHECK(eventually([&] { return second.it.status().state == acta::follower_state::up_to_date; }));
}

TEST_CASE("with on_failure::stop a follower stops with the projection's words, and who waits hears them") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const deposits_of fault(107);
    std::vector<std::string> failures;
    {
        const following one(log, dir / "l.db",
                            {.run = quick(acta::on_failure::stop), .on_failed = [&](const std::string& why) { failures.push_back(why); }});
        const acta::waited stopped = one.it.wait(46, in(5s));
        CHECK(stopped.ended == acta::waited::how::stopped);
        CHECK_MESSAGE(stopped.why.find("no deposit of 107 is possible") != std::string::npos, stopped.why);
        CHECK(one.it.wait(45, in(0s)));
        CHECK(one.it.status().state == acta::follower_state::stopped);
    }
    CHECK(failures.size() == 1);
}

namespace {

struct ledger_2 : ledger {
    static constexpr acta::projection_type projection{"ledger", 2};
};

}  // namespace

TEST_CASE("a read model of an older revision is rebuilt by itself, or refused with a sentence") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    acta::follower refusing(log, dir / "l.db", {&acta::abi_of<ledger_2>()}, {.run = quick(), .rebuild_when_outdated = false});
    refusing.step();
    CHECK(refusing.status().state == acta::follower_state::stopped);
    CHECK(refusing.status().last_error.value().find("rebuild it") != std::string::npos);

    int told = 0;
    acta::follower rebuilding(log, dir / "l.db", {&acta::abi_of<ledger_2>()},
                              {.run = quick(), .on_rebuild = [&](const acta::rebuild_progress&) { ++told; }});
    rebuilding.step();
    CHECK(rebuilding.status().state == acta::follower_state::up_to_date);
    CHECK(told > 0);
    CHECK(acta::inspect_read_model(dir / "l.db").projections.at(0).revision == 2);
    CHECK(acta::inspect_read_model(dir / "l.db").checkpoint->generation == 2);
}

TEST_CASE("a rebuild that a follower is at is interrupted when it is to stop") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 1'000);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    std::atomic<acta::follower*> it{nullptr};
    acta::follower one(log, dir / "l.db", {&acta::abi_of<ledger_2>()},
                       {.run = quick(), .on_rebuild = [&](const acta::rebuild_progress&) { it.load()->stop(); }});
    it = &one;
    one.step();
    CHECK(one.status().state == acta::follower_state::not_started);
    CHECK(acta::inspect_read_model(dir / "l.db").projections.at(0).revision == 1);
}

TEST_CASE("what passes by itself is tried again: a file where a folder is to be") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    write_file(dir / "models", "");
    const following one(log, dir / "models" / "l.db");
    CHECK(eventually([&] { return one.it.status().state == acta::follower_state::failing; }));
    CHECK(one.it.status().last_error);
    std::filesystem::remove(dir / "models");
    CHECK(one.it.wait(log.head(), in(5s)));
}

namespace {

int creations, flushes;

/// ledger, but its first creation fails, and of its first three flushes those at the end of a batch.
acta_projection unsteady() {
    creations = flushes = 0;
    acta_projection out = acta::abi_of<ledger>();
    out.create = [](const acta_database* in, void** self, acta_error* error) {
        return ++creations == 1 ? acta_status{ACTA_FAILED} : acta::abi_of<ledger>().create(in, self, error);
    };
    out.flush = [](void* self, acta_error* error) {
        ++flushes;
        return flushes == 1 || flushes == 3 ? acta_status{ACTA_FAILED} : acta::abi_of<ledger>().flush(self, error);
    };
    return out;
}

}  // namespace

TEST_CASE("a projection that fails while it is made, or at no event, is tried again, also with on_failure::stop") {
    for (const acta::on_failure failing : {acta::on_failure::park_stream, acta::on_failure::stop}) {
        const scratch dir;
        acta::sqlite_log log(":memory:");
        append(log, "ada", {bank::opened{"Ada"}});
        const acta_projection described = unsteady();
        acta::follower one(log, dir / "l.db", {&described}, {.run = quick(failing)});
        int failures = 0;
        for (int i = 0; i < 10 && one.position() != log.head(); ++i) {
            std::this_thread::sleep_until(std::min(one.step().at, in(500ms)));
            if (one.status().state == acta::follower_state::failing) ++failures;
        }
        CHECK(failures == 2);
        CHECK(flushes > 3);
        CHECK(one.status().state == acta::follower_state::up_to_date);
    }
}

TEST_CASE("a rebuild whose projection cannot be made at first is tried again, also with on_failure::stop") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::opened{"Ada"}});
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    acta_projection described = unsteady();
    described.revision = 2;
    acta::follower one(log, dir / "l.db", {&described}, {.run = quick(acta::on_failure::stop)});
    one.step();
    CHECK(one.status().state == acta::follower_state::failing);
    for (int i = 0; i < 10 && one.status().state != acta::follower_state::up_to_date; ++i)
        std::this_thread::sleep_until(std::min(one.step().at, in(500ms)));
    CHECK(one.status().state == acta::follower_state::up_to_date);
    CHECK(creations > 1);
    CHECK(acta::inspect_read_model(dir / "l.db").checkpoint->generation == 2);
}

namespace {

/// A log whose first waits fail.
class deaf_log final : public meddling_log {
public:
    using meddling_log::meddling_log;
    acta::position wait(acta::position after, std::chrono::steady_clock::time_point deadline) const override {
        if (waits++ < failing) throw acta::failure(acta::errc::io, "nobody listens");
        return meddling_log::wait(after, deadline);
    }
    mutable std::atomic<int> waits{0};
    std::atomic<int> failing{1};
};

/// A log that cannot be read while it is broken.
class unreadable_log final : public meddling_log {
public:
    using meddling_log::meddling_log;
    acta::position head() const override {
        if (broken) throw acta::failure(acta::errc::io, "nothing can be read");
        return meddling_log::head();
    }
    bool broken = false;
};

}  // namespace

TEST_CASE("a log that cannot be waited for ends no follower's thread: it is told, and tried again") {
    const scratch dir;
    acta::sqlite_log behind(":memory:");
    fill(behind, 3);
    const deaf_log log(behind);
    std::atomic<int> told{0};
    const following one(log, dir / "l.db", {.run = quick(), .on_failed = [&](const std::string& why) { told += why == "nobody listens"; }});
    CHECK(eventually([&] { return log.waits > 1; }));
    CHECK(told == 1);
    append(behind, "ada", {bank::deposited{1}});
    CHECK(one.it.wait(behind.head(), in(5s)));
    CHECK(one.it.status().state == acta::follower_state::up_to_date);
}

TEST_CASE("a log that cannot be waited for again and again is asked ever more seldom") {
    const scratch dir;
    acta::sqlite_log behind(":memory:");
    fill(behind, 3);
    deaf_log log(behind);
    log.failing = 1'000;
    const following one(log, dir / "l.db", {.run = quick()});
    std::this_thread::sleep_for(1'000ms);  // pauses of 100, 200, 400 and 800 ms
    CHECK(log.waits >= 2);
    CHECK(log.waits <= 4);
}

TEST_CASE("a follower that was stopped and is run again rebuilds to the end") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    acta::runner_of<ledger>(log, dir / "l.db").catch_up();
    acta::follower one(log, dir / "l.db", {&acta::abi_of<ledger_2>()}, {.run = quick()});
    one.stop();
    one.step();
    CHECK(one.status().state == acta::follower_state::not_started);
    CHECK(one.wait(log.head(), in(5s)).ended == acta::waited::how::stopped);
    const std::jthread thread([&](const std::stop_token& stop) { one.run(stop); });
    CHECK(eventually([&] { return one.position() == log.head(); }));
    CHECK(one.wait(log.head(), in(5s)));
}

TEST_CASE("who waits when a follower is told to stop hears of that at once") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    following one(log, dir / "l.db");
    std::atomic<bool> waits{false};
    std::jthread stopper([&] {
        while (!waits) std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(20ms);
        one.thread.request_stop();
    });
    waits = true;
    const acta::waited end = one.it.wait(log.head() + 1, in(60s));
    CHECK(end.ended == acta::waited::how::stopped);
}

TEST_CASE("a failure that comes again after all was well is told again, and once however often it is tried") {
    const scratch dir;
    acta::sqlite_log behind(":memory:");
    unreadable_log log(behind);
    int told = 0;
    acta::follower one(log, dir / "l.db", {&acta::abi_of<ledger>()}, {.run = quick(), .on_failed = [&](const std::string&) { ++told; }});
    for (int round = 1; round <= 2; ++round) {
        append(behind, "ada", {bank::deposited{1}});
        log.broken = true;
        one.step();
        one.step();
        CHECK(told == round);
        log.broken = false;
        one.step();
        CHECK(one.status().state == acta::follower_state::up_to_date);
    }
}

TEST_CASE("a full disk stops one projection for as long as it is full, and no other") {
    const scratch dir;
    tests::child alone([&](const tests::child::voice&) {
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit room{std::uintmax_t{1} << 17, RLIM_INFINITY};
        acta::sqlite_log log(":memory:");
        fill(log, 10);
        acta::follower here(log, dir / "l.db", {&acta::abi_of<ledger>()}, {.run = quick()});
        acta::follower elsewhere(log, ":memory:", {&acta::abi_of<ledger>()}, {.run = quick()});
        here.step();
        if (here.position() != log.head() || ::setrlimit(RLIMIT_FSIZE, &room) != 0) return 1;
        for (int i = 0; i < 5'000; ++i) append(log, ("account" + std::to_string(i)).c_str(), {bank::deposited{i}});
        const auto failing = here.step();
        elsewhere.step();
        if (here.status().state != acta::follower_state::failing || !here.status().last_error) return 2;
        if (elsewhere.position() != log.head() || here.wait(log.head(), in(1ms)).ended != acta::waited::how::timed_out) return 3;
        room.rlim_cur = RLIM_INFINITY;
        if (::setrlimit(RLIMIT_FSIZE, &room) != 0) return 4;
        std::this_thread::sleep_until(failing.at);
        here.step();
        return here.position() == log.head() ? 0 : 5;
    });
    CHECK(alone.wait() == 0);
    CHECK(std::ranges::distance(acta::reading<ledger>(dir / "l.db")->rows) == 5'003);
}

TEST_CASE("letters that are retried and rebuilds that are put in place meanwhile are noticed with the next event") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const following one(log, dir / "l.db");
    {
        const deposits_of fault(108);
        append(log, "joe", {bank::deposited{108}});
        CHECK(one.it.wait(log.head(), in(5s), "account-joe", 1).ended != acta::waited::how::timed_out);
    }
    acta::rebuild(log, dir / "l.db", acta::abi_of<ledger>()).replace();
    append(log, "joe", {bank::deposited{1}});
    CHECK(one.it.wait(log.head(), in(5s), "account-joe", 2));
    CHECK(acta::reading<ledger>(dir / "l.db")->rows.find("joe")->cents == 109);
}

TEST_CASE("two hundred read models stay within the open files that a shell grants") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    std::vector<std::unique_ptr<acta::follower>> all;
    for (int i = 0; i < 200; ++i) {
        all.push_back(std::make_unique<acta::follower>(log, dir / ("l" + std::to_string(i) + ".db").c_str(),
                                                       acta::runner::group{&acta::abi_of<ledger>()}));
        all.back()->step();
        CHECK(all.back()->position() == log.head());
    }
    const std::filesystem::directory_iterator open("/proc/self/fd");
    CHECK(std::distance(open, std::filesystem::directory_iterator()) < 850);  // of 1,024
}

TEST_CASE("whoever reads beside a runner sees the rows of the very checkpoint that he sees") {
    const scratch dir;
    const auto file = dir / "l.db";
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::opened{"Ada"}});
    acta::runner_options how = quick();
    how.batch_events = 1;
    acta::runner_of<ledger>(log, file, how).catch_up();
    for (int i = 1; i < 6'000; ++i) append(log, std::to_string(i % 9).c_str(), {bank::deposited{i}});
    std::atomic<bool> done{false};
    std::jthread runs([&] {
        acta::runner_of<ledger>(log, file, how).catch_up();
        done = true;
    });
    const acta::detail::connection on(file.string(), SQLITE_OPEN_READWRITE, "", file.string());
    on.set_patience(std::chrono::seconds(10));
    acta::detail::statement both(on, "SELECT (SELECT position FROM acta_checkpoint), (SELECT sum(events) FROM ledger)");
    std::int64_t moments = 0, last = 0;
    while (!done) {
        const acta::detail::reset_at_exit reset(both);
        REQUIRE(both.step());
        REQUIRE(both.number(0) == both.number(1));  // each event is booked once
        moments += both.number(0) != last;
        last = both.number(0);
    }
    MESSAGE(moments << " different moments seen");
    CHECK(moments > 1);
}
