// What stands beside a store is deleted, replaced or cut short while processes have the store open: nothing acknowledged is lost by it.
#include <acta/store/sqlite.hpp>

#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <csignal>
#include <functional>
#include <thread>
#include <utility>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

void remove_beside(const folder& here, std::initializer_list<const char*> ends) {
    for (const char* const end : ends) std::filesystem::remove(here / (std::string("bank.acta") + end));
}

failure append_to(sqlite_log& log) {
    return thrown_by([&] { (void)log.append(account("ada"), any, deposits(1)); });
}

/// Asked inside the turnstile: a test may do something there.
struct interrupted_clock final : clock {
    mutable std::function<void()> meanwhile = [] {};  // called once
    timestamp now() const override {
        std::exchange(meanwhile, [] {})();
        return clock::system().now();
    }
};

/// Another process that begins when the test says so: forked before a store is open.
child later(const folder& here, const std::function<int(const child::voice&)>& work) {
    return child([&](const child::voice& parent) {
        for (int i = 0; i < 30'000 && !std::filesystem::exists(here / "go"); ++i) std::this_thread::sleep_for(1ms);
        return work(parent);
    });
}
void begin_now(const folder& here) { write_file(here / "go", ""); }

/// How a process ends that appends once after its store's `end` file was cut to nothing, with a store of five events.
int end_of_process(const folder& here, const char* end) {
    child cut([&](const child::voice&) {
        std::signal(SIGBUS, SIG_DFL);  // a sanitizer's report is not asked for
        sqlite_log log(here / "bank.acta");
        log.append(account("ada"), none, deposits(5)).value();
        std::filesystem::resize_file(here / (std::string("bank.acta") + end), 0);
        (void)log.append(account("ada"), exactly(5), deposits(1));
        return 0;
    });
    return cut.wait();
}

}  // namespace

TEST_CASE("a write-ahead log that was deleted takes no more appends, and what it held is saved when the store is closed") {
    for (const bool index_too : {false, true}) {
        const folder here;
        {
            sqlite_log log(here / "bank.acta");
            log.append(account("ada"), none, deposits(300)).value();
            index_too ? remove_beside(here, {"-wal", "-shm"}) : remove_beside(here, {"-wal"});
            for (int i = 0; i < 2; ++i) {
                const failure why = append_to(log);
                const std::string said = why.what();
                CAPTURE(said);
                CHECK(why.code() == errc::io);
                CHECK(says(why, index_too ? "bank.acta-shm was deleted" : "bank.acta-wal was deleted"));
                CHECK(says(why, "nothing was stored, close the store and open it again"));
            }
            check_gapless(log, 300);
        }
        sqlite_log log(here / "bank.acta");
        check_gapless(log, 300);
        CHECK(log.verify().sound());
        CHECK(log.append(account("ada"), exactly(300), deposits(1)));
    }
}

TEST_CASE("a write-ahead log that was deleted, and another one begun by somebody else, is not copied over what he has stored") {
    const folder here;
    sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(3)).value();
    {
        child other = later(here, [&](const child::voice& parent) {
            sqlite_log to(here / "bank.acta");
            to.append(account("bob"), none, deposits(2)).value();
            parent.tell(std::to_string(to.head()));
            return ::pause();
        });
        sqlite_log log(here / "bank.acta");
        log.append(account("ada"), exactly(3), deposits(4)).value();  // in the log alone, and lost with it
        remove_beside(here, {"-wal", "-shm"});
        begin_now(here);
        CHECK(other.hear() == "5");
        CHECK(append_to(log).code() == errc::io);
    }
    sqlite_log log(here / "bank.acta");
    check_gapless(log, 5);
    CHECK(log.verify().sound());
}

TEST_CASE("a write-ahead log that was deleted is not copied under somebody who has opened the store since") {
    const folder here;
    sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(3)).value();
    child first([&](const child::voice& parent) {
        sqlite_log log(here / "bank.acta");
        for (int i = 0; i < 300; ++i) log.append(account(std::to_string(i)), none, deposits(3)).value();
        parent.tell("appended");
        for (int i = 0; i < 30'000 && !std::filesystem::exists(here / "go"); ++i) std::this_thread::sleep_for(1ms);
        return 0;
    });
    REQUIRE(first.hear() == "appended");
    remove_beside(here, {"-wal", "-shm"});
    {
        sqlite_log log(here / "bank.acta");
        CHECK_FALSE(log.append(account("ada"), none, deposits(1)));  // a conflict: pages were read, and none written
        begin_now(here);
        CHECK(first.wait() == 0);
        for (int i = 0; i < 300; ++i) log.append(account("bob"), any, deposits(1)).value();
    }
    sqlite_log log(here / "bank.acta");
    check_gapless(log, 303);
    CHECK(log.verify().sound());
}

TEST_CASE("when the index of the log was deleted, two processes do not write over each other") {
    const folder here;
    {
        child other = later(here, [&](const child::voice&) {
            sqlite_log to(here / "bank.acta");
            for (int i = 0; i < 20; ++i) to.append(account("bob"), any, deposits(1)).value();
            return to.head() == 320 ? 0 : 1;
        });
        sqlite_log log(here / "bank.acta");
        log.append(account("ada"), none, deposits(300)).value();
        remove_beside(here, {"-shm"});
        begin_now(here);
        CHECK(other.wait() == 0);
        const failure why = append_to(log);
        const std::string said = why.what();
        CAPTURE(said);
        CHECK(why.code() == errc::io);
        CHECK(says(why, "bank.acta-shm was deleted"));
        CHECK(thrown_by([&] { (void)log.wait(300, std::chrono::steady_clock::now() + 60s); }).code() == errc::io);
    }
    sqlite_log log(here / "bank.acta");
    check_gapless(log, 320);
    CHECK(log.verify().sound());
}

TEST_CASE("whoever comes in through a new lock file while another is still inside waits for his commit all the same") {
    const folder here;
    child other = later(here, [&](const child::voice& parent) {
        sqlite_log to(here / "bank.acta");
        parent.tell("trying");
        parent.tell(std::to_string(to.append(account("bob"), none, deposits(1)).value().last_position));
        return 0;
    });
    interrupted_clock clock;
    sqlite_log log(here / "bank.acta", {.clock = &clock});
    log.append(account("ada"), none, deposits(1)).value();
    clock.meanwhile = [&] {
        remove_beside(here, {".lock"});
        begin_now(here);
        REQUIRE(other.hear() == "trying");
        std::this_thread::sleep_for(200ms);
        CHECK(std::filesystem::exists(here / "bank.acta.lock"));  // he is inside, too
    };
    CHECK(log.append(account("ada"), exactly(1), deposits(1)).value().last_position == 2);
    CHECK(other.hear() == "3");
    CHECK(other.wait() == 0);
    check_gapless(log, 3);
}

TEST_CASE("writers whose lock file is deleted and replaced all the time lose nothing and stay in order") {
    campaign run(3);
    MESSAGE("seed " << run.seed());
    std::uint64_t deleted = 0, stored = 0;
    do {
        CAPTURE(run.seed_of_round());
        std::mt19937_64 random(run.seed_of_round());
        const folder here;
        sqlite_log(here / "bank.acta");
        const auto work = [&](const std::string& id) {
            return [&here, id](const child::voice& parent) {
                sqlite_log to(here / "bank.acta", {.checkpoint_pages = 5});
                for (int i = 0; i < 400; ++i) to.append(account(id), exactly(i), deposits(1)).value();
                parent.tell("done");
                return to.head() >= 400 ? 0 : 1;
            };
        };
        child one(work("one")), two(work("two"));
        std::jthread vandal([&](const std::stop_token& enough) {
            for (; !enough.stop_requested(); ++deleted) {
                if (random() % 2 == 0) remove_beside(here, {".lock"});
                else write_file(here / "new", ""), std::filesystem::rename(here / "new", here / "bank.acta.lock");
                std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
            }
        });
        CHECK(one.wait() == 0);
        CHECK(two.wait() == 0);
        vandal.request_stop(), vandal.join();
        const sqlite_log log(here / "bank.acta");
        check_gapless(log, 800);
        CHECK(log.verify().sound());
        stored += 800;
    } while (run.next());
    MESSAGE(stored << " appends by two processes, the lock file deleted or replaced " << deleted << " times");
}

TEST_CASE("whoever waits hears of an append also when .notify was deleted, or something else stands there") {
    const std::function<void(const std::filesystem::path&)> accidents[] = {
        [](const std::filesystem::path& page) { std::filesystem::remove(page); },
        [](const std::filesystem::path& page) { std::filesystem::remove(page), std::filesystem::create_directory(page); },
        [](const std::filesystem::path& page) { std::filesystem::remove(page), write_file(page, "a text"); },
        [](const std::filesystem::path& page) { std::filesystem::remove(page), std::filesystem::create_symlink("/dev/null", page); },
    };
    for (const auto& happens : accidents) {
        const folder here;
        sqlite_log(here / "bank.acta");
        child following([&](const child::voice& parent) {
            const sqlite_log from(here / "bank.acta", {.read_only = true});
            parent.tell("open");
            return from.wait(0, std::chrono::steady_clock::now() + 60s) == 1 ? 0 : 1;
        });
        REQUIRE(following.hear() == "open");
        happens(here / "bank.acta.notify");
        sqlite_log log(here / "bank.acta");
        const auto begin = std::chrono::steady_clock::now();
        log.append(account("ada"), none, deposits(1)).value();
        CHECK(following.wait() == 0);
        CHECK(std::chrono::steady_clock::now() - begin < 5s);
    }
}

TEST_CASE("SQLite's index, cut short while it is open, ends the process by SIGBUS; the store is whole and has all that was acknowledged") {
    const folder here;
    CHECK(end_of_process(here, "-shm") == 128 + SIGBUS);
    sqlite_log log(here / "bank.acta");
    CHECK(log.head() >= 5);
    check_gapless(log, log.head());
    CHECK(log.verify().sound());
}

TEST_CASE("so does .notify, cut short while it is open, behind the commit") {
    const folder here;
    CHECK(end_of_process(here, ".notify") == 128 + SIGBUS);
    sqlite_log log(here / "bank.acta");
    check_gapless(log, 6);
    CHECK(log.verify().sound());
}
