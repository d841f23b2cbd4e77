// A disk that is really full: a small one, mounted for a child of the test alone. Appends are refused, what is stored is read, and all goes on by
// itself once there is room.
#include <acta/replay/follower.hpp>
#include <acta/runtime/application.hpp>

#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support/reading.hpp"
#include "support/witness.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>
#include <sched.h>

#include <sys/mount.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

/// A disk of some kilobytes, seen by this process and its children alone.
class small_disk {
public:
    small_disk(const std::filesystem::path& where, std::size_t kilobytes) : filler_(where / "filler") {
        if (::mount("acta-test", where.c_str(), "tmpfs", 0, ("size=" + std::to_string(kilobytes) + "k").c_str()) != 0)
            throw std::runtime_error("no small disk can be mounted");
    }
    /// Takes all the room but that.
    void leave(std::size_t bytes) {
        std::ofstream(filler_).flush();
        std::ofstream more(filler_, std::ios::app);
        const std::string page(4'096, 'x');
        while (more.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {}
        more.close();
        const auto all = std::filesystem::file_size(filler_);
        std::filesystem::resize_file(filler_, all - std::min<std::uintmax_t>(all, bytes));
    }
    void make_room() { std::filesystem::remove(filler_); }

private:
    std::filesystem::path filler_;
};

/// Runs in a child that has its own idea of what is mounted; says so, does nothing and answers false where that is not allowed.
bool with_own_mounts(const std::function<void(const folder&)>& work) {
    constexpr int may_not = 7;
    const folder here;
    child mounting([&](const child::voice& parent) {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
            parent.tell(std::strerror(errno));
            return may_not;
        }
        work(here);  // with REQUIRE, which ends the child: a CHECK would not be heard of
        return 0;
    });
    const std::string why = mounting.hear().value_or("");
    const int ended = mounting.wait();
    if (ended == may_not) MESSAGE("skipped: this user may not mount a small disk (" << why << ")");
    else CHECK(ended == 0);
    return ended != may_not;
}

/// What the acta command, a fresh process, prints, and its exit code behind it.
std::string command(const std::string& words) {
    std::FILE* const out = ::popen((std::string(ACTA_COMMAND) + " " + words + " 2>&1; echo \"code $?\"").c_str(), "r");
    std::string text;
    std::array<char, 4'096> part{};
    while (std::fgets(part.data(), static_cast<int>(part.size()), out) != nullptr) text += part.data();
    ::pclose(out);
    return text;
}

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

/// Appends until that is refused for want of room; false when it never is.
bool append_until_full(sqlite_log& log, witness& saw, std::uint64_t& refused) {
    for (int i = 0; i < 3'000; ++i) try {
            saw.append_something(log);
        } catch (const failure& why) {
            const std::string said = why.what();
            CAPTURE(said);
            REQUIRE(why.code() == errc::disk_full);
            REQUIRE(says(said, "bank.acta"));
            REQUIRE(says(said, "make room on the disk"));
            ++refused;
            return true;
        }
    return false;
}

void check_readable(const std::filesystem::path& store, position head) {
    REQUIRE(command("info " + store.string() + " --json").find("\"events\":" + std::to_string(head)) != std::string::npos);
    REQUIRE(lines(command("events " + store.string())) == static_cast<std::size_t>(head) + 1);
    REQUIRE(says(command("verify " + store.string()), "code 0"));
}

}  // namespace

TEST_CASE("a full disk refuses appends, reads on in any process, and appends again without a restart once there is room") {
    campaign run(5);
    MESSAGE("seed " << run.seed());
    std::uint64_t disks = 0;
    do {
        CAPTURE(run.seed_of_round());
        const bool done = with_own_mounts([&](const folder& here) {
            std::mt19937_64 random(run.seed_of_round());
            small_disk disk(here.path(), 6'000 + random() % 2'000);
            const auto file = here / "bank.acta";
            witness saw(random);
            std::uint64_t refused = 0;
            auto log = std::make_unique<sqlite_log>(file, options{.checkpoint_pages = 10 + random() % 60});
            for (int i = 0; i < 12; ++i) {
                disk.leave(random() % 200'000);
                REQUIRE(append_until_full(*log, saw, refused));
                saw.check(*log);
                if (i % 6 == 0) check_readable(file, log->head());
                disk.make_room();
                saw.append_something(*log);
                saw.check(*log);
            }
            log.reset();
            disk.leave(0);  // not even room for the index of a write-ahead log
            const sqlite_log last(file, {.read_only = true});
            saw.check(last);
            REQUIRE(refused >= 12);
        });
        if (!done) return;
        ++disks;
    } while (run.next());
    MESSAGE(disks << " disks, each filled twelve times");
}

TEST_CASE("a store that was closed, on a disk that is full to the last byte, is read by the acta command") {
    with_own_mounts([](const folder& here) {
        small_disk disk(here.path(), 1'000);
        sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(300)).value();
        disk.leave(0);
        check_readable(here / "bank.acta", 300);
        disk.make_room();
        sqlite_log log(here / "bank.acta");
        REQUIRE(log.append(account("ada"), exactly(300), deposits(1)));
    });
}

TEST_CASE("a store that there is no room to make is refused with a sentence, and made once there is room") {
    with_own_mounts([](const folder& here) {
        small_disk disk(here.path(), 1'000);
        for (std::size_t left = 0; left < 120'000; left += 4'096) {
            disk.leave(left);
            const failure why = thrown_by([&] { sqlite_log log(here / "bank.acta"); });
            if (says(why, "nothing was thrown")) return;
            const std::string said = why.what();
            CAPTURE(said);
            REQUIRE(why.code() == errc::disk_full);
            REQUIRE(says(said, "bank.acta"));
            REQUIRE_FALSE(says(here.listing(), ".new-"));
            disk.make_room();
            REQUIRE(sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(1)));
            REQUIRE(here.listing() == "bank.acta bank.acta.lock bank.acta.notify ");
            for (const char* const end : {"", ".lock", ".notify"}) std::filesystem::remove(here / (std::string("bank.acta") + end));
        }
        FAIL("there was never room enough");
    });
}

TEST_CASE("a projection whose disk is full waits, disturbs no append, and loses nothing") {
    with_own_mounts([](const folder& here) {
        std::filesystem::create_directory(here / "models");
        small_disk disk(here / "models", 500);
        sqlite_log log(here / "bank.acta");
        follower follows(log, here / "models/balances.db", {&abi_of<bank::balances>()}, {.run = {.back_off = 1ms}});
        std::int64_t accounts = 0;
        for (int round = 0; round < 4; ++round) {
            disk.leave(40'000);
            next_step next;
            do {
                for (const auto end = accounts + 500; accounts < end;) {
                    ++accounts;
                    log.append({"account", std::to_string(accounts)}, none, {bank::deposited{accounts}}).value();
                }
                next = follows.step();
            } while (follows.position() == log.head() && accounts < 100'000);
            const std::string why = follows.status().last_error.value_or("");
            CAPTURE(why);
            REQUIRE(follows.status().state == follower_state::failing);
            REQUIRE(says(why, "balances.db"));
            disk.make_room();
            std::this_thread::sleep_until(next.at);
            follows.step();
            REQUIRE(follows.position() == log.head());
            REQUIRE(dead_letters(here / "models/balances.db").empty());
            REQUIRE(std::ranges::distance(reading<bank::balances>(here / "models/balances.db")->rows) == accounts);
            if (accounts > 4'000) break;  // the rows themselves would fill it
        }
    });
}

TEST_CASE("an application whose whole disk is full answers commands with a sentence, and goes on with them and its projections") {
    with_own_mounts([](const folder& here) {
        small_disk disk(here.path(), 2'000);
        application app(here / "bank.acta", {.projections = {.run = {.back_off = 1ms}}});
        app.handle<bank::account_commands>().project<bank::balances>().start();
        REQUIRE(app.send(bank::open_account{"ada", "Ada"}));
        std::int64_t cents = 0;
        for (int round = 0; round < 5; ++round) {
            disk.leave(30'000);
            errc code{};
            for (int i = 0; i < 5'000 && code == errc{}; ++i) try {
                    if (app.send(bank::deposit{"ada", 1})) ++cents;
                } catch (const failure& why) { code = why.code(); }
            REQUIRE(code == errc::disk_full);
            disk.make_room();
            const auto done = app.send(bank::deposit{"ada", 1});
            ++cents;
            REQUIRE(app.wait_for<bank::balances>(done, 60s));
            REQUIRE(app.read<bank::balances>()->rows.find("ada")->cents == cents);
            REQUIRE(app.load<bank::account>("ada")->state.balance == cents);
        }
    });
}
