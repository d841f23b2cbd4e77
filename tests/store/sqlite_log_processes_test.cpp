// Several processes at one store, and what is left of one that is killed.
#include <acta/store/sqlite.hpp>

#include "support/child.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <csignal>
#include <map>
#include <random>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Is asked inside the transaction, and takes the time there that a disk would: so that the others really have to wait.
struct slow_clock final : clock {
    timestamp now() const override {
        std::this_thread::sleep_for(100us);
        return clock::system().now();
    }
};

/// Appends one event after the other, each where the stream then ends, and loads again after a conflict.
int append_each(acta::log& to, const stream_name& stream, int count) {
    int conflicts = 0;
    version end = 0;
    for (int i = 0; i < count;) {
        const auto answer = to.append(stream, exactly(end), {deposited{i}});
        if (answer) end = answer->version(), ++i;
        else end = answer.error().conflict.actual, ++conflicts;
    }
    return conflicts;
}

}  // namespace

TEST_CASE("two processes that make the same store at once share one") {
    const folder here;
    for (int round = 0; round < 10; ++round) {
        const auto file = here / ("bank" + std::to_string(round) + ".acta");
        const auto work = [&](const child::voice& parent) {
            sqlite_log to(file);
            REQUIRE(to.append(account(std::to_string(::getpid())), none, deposits(1)));
            parent.tell(std::string(text_of(to.uuid())));
            return 0;
        };
        child one(work), two(work), three(work);
        CHECK(one.wait() == 0);
        CHECK(two.wait() == 0);
        CHECK(three.wait() == 0);
        check_gapless(sqlite_log(file), 3);
    }
    CHECK_FALSE(says(here.listing(), ".new-"));
}

TEST_CASE("what another process appends is seen by those who have the store open, its new types too") {
    const folder here;
    child other([&](const child::voice& parent) {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(2)));
        parent.tell("ready");
        while (to.head() < 3) std::this_thread::sleep_for(1ms);  // the parent's
        parent.tell(to.find_stream(account("bob")) ? "seen" : "not seen");
        REQUIRE(to.append(account("ada"), exactly(2), {withdrawn{1} | tagged("a", "b")}));
        parent.tell("appended");
        return 0;
    });
    REQUIRE(other.hear() == "ready");
    {
        sqlite_log to(here / "bank.acta");
        CHECK(to.head() == 2);
        CHECK(to.types().size() == 1);
        REQUIRE(to.append(account("bob"), none, {opened{"Bob"}}));
        REQUIRE(other.hear() == "seen");
        REQUIRE(other.hear() == "appended");
        CHECK(to.head() == 4);
        CHECK(to.find_stream(account("ada"))->version == 3);
        CHECK(read_all(to)[3].type == "account.withdrawn");
        CHECK(read_all(to)[3].tags == "a:b kind:debit ");
        CHECK_FALSE(to.append(account("ada"), exactly(2), deposits(1)));
        CHECK(to.append(account("ada"), exactly(3), {withdrawn{1}}));
        CHECK(other.wait() == 0);
    }
    check_gapless(sqlite_log(here / "bank.acta"), 5);
}

TEST_CASE("an append that fails after it has filled the cache takes nothing from another process") {
    const folder here;
    const auto file = here / "bank.acta";
    sqlite_log(file).append(account("first"), none, {deposited{1}}).value();
    child large([&](const child::voice& parent) {
        sqlite_log to(file);
        std::vector<new_event> events;
        for (int i = 0; i < 400; ++i) events.emplace_back(attached{std::vector<std::byte>(50'000)});
        append_request wrong = request(account("large"), any, {deposited{1}});
        wrong.conditions.push_back(fail_if({{matching(tag("kind", "debit"))}}, 1'000'000));  // beyond the head
        const std::vector<append_request> both{request(account("large"), none, std::move(events)), wrong};
        parent.tell(thrown_by([&] { (void)to.append_all(both); }).code() == errc::misuse ? "refused" : "not refused");
        (void)to.wait(600, std::chrono::steady_clock::now() + 60s);
        parent.tell(to.append(account("last"), none, {deposited{2}}) ? "stored" : "not stored");
        ::pause();
        return 0;
    });
    REQUIRE(large.hear() == "refused");
    child other([&](const child::voice& parent) {
        sqlite_log to(file);
        for (int i = 0; i < 600; ++i) (void)to.append(account(std::to_string(i)), none, {deposited{3}}).value();
        parent.tell("stored");
        ::pause();
        return 0;
    });
    REQUIRE(other.hear() == "stored");
    REQUIRE(large.hear() == "stored");
    other.kill(), large.kill();
    CHECK(other.wait() == 128 + SIGKILL);
    CHECK(large.wait() == 128 + SIGKILL);
    check_gapless(sqlite_log(file), 602);
    CHECK(sqlite_log(file).verify().sound());
}

TEST_CASE("two processes that append to streams of their own both get through") {
    const folder here;
    sqlite_log(here / "bank.acta");
    const auto work = [&](const std::string& id) {
        return [&here, id](const child::voice& parent) {
            const slow_clock clock;
            sqlite_log to(here / "bank.acta", {.clock = &clock});
            const auto start = std::chrono::steady_clock::now();
            auto longest = start - start;
            for (int i = 0; i < 2'000; ++i) {
                const auto before = std::chrono::steady_clock::now();
                if (!to.append(account(id), exactly(i), {deposited{i}})) return 1;
                longest = std::max(longest, std::chrono::steady_clock::now() - before);
            }
            parent.tell(std::to_string((std::chrono::steady_clock::now() - start) / 1ms) + " ms, longest wait " +
                        std::to_string(longest / 1ms) + " ms");
            return 0;
        };
    };
    child one(work("one")), two(work("two"));
    const auto of_one = one.hear(), of_two = two.hear();
    REQUIRE(of_one);
    REQUIRE(of_two);
    MESSAGE("one: " << *of_one << "; two: " << *of_two);
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    check_gapless(sqlite_log(here / "bank.acta"), 4'000);
}

TEST_CASE("two processes that append to one stream conflict, and lose nothing") {
    const folder here;
    sqlite_log(here / "bank.acta");
    const auto work = [&](const child::voice& parent) {
        const slow_clock clock;
        sqlite_log to(here / "bank.acta", {.clock = &clock});
        parent.tell(std::to_string(append_each(to, account("shared"), 2'000)));
        return 0;
    };
    child one(work), two(work);
    const auto of_one = one.hear(), of_two = two.hear();
    REQUIRE(of_one);
    REQUIRE(of_two);
    MESSAGE("conflicts: " << *of_one << " and " << *of_two);
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    const sqlite_log from(here / "bank.acta");
    check_gapless(from, 4'000);
    CHECK(from.streams(0, 10).size() == 1);
    std::vector<int> times(2'000);
    for (const stored_event& event : from.read()) {
        deposited stored;
        codec_of<deposited>().decode(event.payload, &stored);
        ++times[static_cast<std::size_t>(stored.cents)];
    }
    CHECK(std::all_of(times.begin(), times.end(), [](int n) { return n == 2; }));
}

TEST_CASE("who reads while another process writes sees a store without gaps at every moment") {
    const folder here;
    sqlite_log(here / "bank.acta");
    child writer([&](const child::voice&) {
        sqlite_log to(here / "bank.acta", {.checkpoint_pages = 20});
        for (int i = 0; i < 600; ++i)
            if (!to.append(account(std::to_string(i % 5)), any, deposits(static_cast<std::size_t>(1 + i % 7)))) return 1;
        return 0;
    });
    position seen = 0;
    {
        const sqlite_log from(here / "bank.acta", {.read_only = true});
        while (seen < 2'395) {
            position next = 0;
            for (const stored_event& event : from.read()) REQUIRE(event.position == ++next);
            REQUIRE(next >= seen);
            seen = next;
        }
        CHECK(writer.wait() == 0);
    }
    check_gapless(sqlite_log(here / "bank.acta"), 2'395);
}

TEST_CASE("what was acknowledged before kill -9 is there afterwards, and the store goes on") {
    const unsigned seed = std::random_device{}();
    MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const folder here;
    const auto file = here / "bank.acta";
    std::map<std::string, version> acknowledged;
    for (int cycle = 0; cycle < 14; ++cycle) {
        child writer([&](const child::voice& parent) -> int {
            sqlite_log to(file, {.checkpoint_pages = 10});
            std::mt19937 dice(seed + static_cast<unsigned>(cycle));
            for (;;) {
                const std::string id = std::to_string(dice() % 3);
                const auto answer = to.append(account(id), any, deposits(1 + dice() % 400));
                parent.tell(id + " " + std::to_string(answer->version()));
            }
        });
        for (auto lines = random() % 40; lines > 0; --lines) {
            const auto line = writer.hear();
            REQUIRE(line);
            acknowledged[line->substr(0, 1)] = std::stoll(line->substr(2));
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 3'000));
        writer.kill();
        while (const auto line = writer.hear()) acknowledged[line->substr(0, 1)] = std::stoll(line->substr(2));
        REQUIRE(writer.wait() == 128 + SIGKILL);
        if (!std::filesystem::exists(file)) continue;  // killed before it was made

        sqlite_log to(file);
        check_gapless(to, to.head());
        for (const auto& [id, end] : acknowledged) REQUIRE(to.find_stream(account(id))->version >= end);
        REQUIRE(to.append(account("after"), any, deposits(1)));
    }
    CHECK_FALSE(acknowledged.empty());
}

TEST_CASE("a write-ahead log that a killed writer left is read by one who may only read") {
    const folder here;
    child writer([&](const child::voice& parent) -> int {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(300)));
        parent.tell("done");
        for (;;) ::pause();
    });
    REQUIRE(writer.hear() == "done");
    writer.kill();
    writer.wait();
    check_gapless(sqlite_log(here / "bank.acta", {.read_only = true}), 300);
    check_gapless(sqlite_log(here / "bank.acta"), 300);
    CHECK(here.listing() == "bank.acta bank.acta.lock bank.acta.notify ");
}

TEST_CASE("a follower is woken by what another process appends") {
    const folder here;
    sqlite_log(here / "bank.acta");
    child following([&](const child::voice& parent) {
        sqlite_log from(here / "bank.acta");
        for (position seen = 0; seen < 50;) {
            parent.tell("waiting");
            const position head = from.wait(seen, std::chrono::steady_clock::now() + 20s);
            if (head <= seen) return 1;
            seen = head;
        }
        return 0;
    });
    sqlite_log to(here / "bank.acta");
    for (int i = 0; i < 50; ++i) {
        REQUIRE(following.hear() == "waiting");
        REQUIRE(to.append(account("ada"), any, {deposited{i}}));
    }
    CHECK(following.wait() == 0);
}

TEST_CASE("a follower that opened the store read-only before anybody wrote to it sees what comes") {
    const folder here;
    sqlite_log(here / "bank.acta");
    std::filesystem::remove(here / "bank.acta.notify");
    child following([&](const child::voice& parent) {
        sqlite_log from(here / "bank.acta", {.read_only = true});
        parent.tell("waiting");
        return from.wait(0, std::chrono::steady_clock::now() + 20s) == 1 ? 0 : 1;
    });
    REQUIRE(following.hear() == "waiting");
    sqlite_log to(here / "bank.acta");
    REQUIRE(to.append(account("ada"), any, {deposited{1}}));
    CHECK(following.wait() == 0);
}

TEST_CASE("a wait for what does not come ends at its deadline and answers the head") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), any, {deposited{1}}));
        const auto start = std::chrono::steady_clock::now();
        CHECK(to.wait(1, start + 30ms) == 1);
        CHECK(std::chrono::steady_clock::now() - start >= 30ms);
        CHECK(to.wait(0, start) == 1);
    });
}
