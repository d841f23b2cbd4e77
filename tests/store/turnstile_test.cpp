// The turnstile: one process after the other.
#include "support/child.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/turnstile.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <thread>

using namespace acta;
using namespace acta::detail;
using namespace std::chrono_literals;
using namespace tests;

namespace {

/// A child that goes in, says so, and stays until it is killed.
int stay_inside(const std::filesystem::path& file, const child::voice& parent) {
    turnstile gate(file);
    gate.enter(5s);
    parent.tell("in");
    for (;;) ::pause();
}

}  // namespace

TEST_CASE("whoever comes second is told so after his patience, and gets in when the first has left") {
    const folder here;
    turnstile first(here / "x.lock"), second(here / "x.lock");
    first.enter(0ms);
    const auto start = std::chrono::steady_clock::now();
    const failure why = thrown_by([&] { second.enter(50ms); });
    CHECK(std::chrono::steady_clock::now() - start >= 50ms);
    CHECK(why.code() == errc::busy);
    CHECK(says(why, "x.lock"));
    CHECK(says(why, "50 ms"));
    first.leave();
    second.enter(0ms);
    CHECK(thrown_by([&] { first.enter(0ms); }).code() == errc::busy);
    second.leave();
}

TEST_CASE("a turnstile may be entered again and again, moved, and left without having been entered") {
    const folder here;
    turnstile one(here / "x.lock");
    one.leave();
    for (int i = 0; i < 100; ++i) {
        const inside held(one, 0ms);
        turnstile two(here / "x.lock");
        CHECK(thrown_by([&] { two.enter(0ms); }).code() == errc::busy);
    }
    one.enter(0ms);
    turnstile moved = std::move(one);
    turnstile two(here / "x.lock");
    CHECK(thrown_by([&] { two.enter(0ms); }).code() == errc::busy);
    two = std::move(moved);
    two.leave();
    turnstile three(here / "x.lock");
    three.enter(0ms);
}

TEST_CASE("an inactive turnstile lets everybody in") {
    turnstile one, two;
    one.enter(0ms);
    two.enter(0ms);
    one.leave();
}

TEST_CASE("the scope that holds the turnstile frees it also by exception") {
    const folder here;
    turnstile one(here / "x.lock"), two(here / "x.lock");
    try {
        const inside held(one, 0ms);
        throw std::runtime_error("x");
    } catch (const std::runtime_error&) { two.enter(0ms); }
}

TEST_CASE("another process is kept out, and the death of a holder frees the turnstile") {
    const folder here;
    const auto file = here / "x.lock";
    child holder([&](const child::voice& parent) { return stay_inside(file, parent); });
    REQUIRE(holder.hear() == "in");
    turnstile mine(file);
    CHECK(thrown_by([&] { mine.enter(30ms); }).code() == errc::busy);
    std::thread later([&] {
        std::this_thread::sleep_for(50ms);
        holder.kill();
    });
    mine.enter(5s);
    later.join();
    CHECK(holder.wait() == 128 + SIGKILL);
}

TEST_CASE("a lock file that was deleted or replaced is noticed, and the new one taken") {
    const folder here;
    turnstile old(here / "x.lock");
    old.enter(0ms);
    old.leave();
    REQUIRE(std::filesystem::remove(here / "x.lock"));
    turnstile fresh(here / "x.lock");
    fresh.enter(0ms);
    CHECK(thrown_by([&] { old.enter(20ms); }).code() == errc::busy);
    fresh.leave();
    old.enter(1s);
    CHECK(thrown_by([&] { fresh.enter(20ms); }).code() == errc::busy);
    old.leave();

    write_file(here / "other", "");
    std::filesystem::rename(here / "other", here / "x.lock");
    child holder([&](const child::voice& parent) { return stay_inside(here / "x.lock", parent); });
    REQUIRE(holder.hear() == "in");
    CHECK(thrown_by([&] { old.enter(20ms); }).code() == errc::busy);
    CHECK(thrown_by([&] { fresh.enter(20ms); }).code() == errc::busy);
}

TEST_CASE("a lock file that cannot be there is a sentence") {
    const folder here;
    turnstile nowhere(here / "missing/x.lock");
    CHECK(says(thrown_by([&] { nowhere.enter(0ms); }), "missing/x.lock"));
    std::filesystem::create_symlink(here / "y", here / "link.lock");
    turnstile link(here / "link.lock");
    CHECK(says(thrown_by([&] { link.enter(0ms); }), "link.lock"));
    CHECK_FALSE(std::filesystem::exists(here / "y"));
}

TEST_CASE("a lock goes with its process and is not inherited by a program that it starts") {
    const folder here;
    turnstile mine(here / "x.lock");
    mine.enter(0ms);
    child other([&](const child::voice&) {
        ::execl("/bin/sh", "sh", "-c", "exec sleep 5", static_cast<char*>(nullptr));
        return 1;
    });
    std::this_thread::sleep_for(50ms);
    { turnstile gone = std::move(mine); }
    turnstile next(here / "x.lock");
    next.enter(1s);
}

TEST_CASE("two processes at the turnstile get about the same share") {
    const folder here;
    const auto file = here / "x.lock";
    const auto work = [&](const child::voice& parent) {
        turnstile gate(file);
        const auto end = std::chrono::steady_clock::now() + 400ms;
        int rounds = 0;
        for (; std::chrono::steady_clock::now() < end; ++rounds) {
            const inside held(gate, 5s);
            std::this_thread::sleep_for(100us);
        }
        parent.tell(std::to_string(rounds));
        return 0;
    };
    child one(work), two(work);
    const int of_one = std::stoi(one.hear().value_or("0")), of_two = std::stoi(two.hear().value_or("0"));
    MESSAGE("rounds " << of_one << " and " << of_two);
    CHECK(of_one > of_two / 4);  // without a line in front of the door: more than a thousand to one
    CHECK(of_two > of_one / 4);
}
