// The store's file is deleted, moved, replaced, linked or closed to us while it is open: nothing is stored elsewhere, nothing else is read.
#include <acta/store/sqlite.hpp>

#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <functional>
#include <optional>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

using accident = std::function<void(const folder&)>;

void take_log_along(const folder& here) {
    for (const char* const name : {"bank.acta-wal", "bank.acta-shm"}) std::filesystem::remove(here / name);
}

/// A store of eight events, open, and what there is to be put in its place: another store, and a copy of its own first events.
struct open_bank {
    folder here;
    std::unique_ptr<sqlite_log> log;
    std::vector<seen> events;

    open_bank() {
        sqlite_log(here / "other.acta").append(account("other"), none, deposits(7)).value();
        sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(3)).value();
        std::filesystem::copy_file(here / "bank.acta", here / "older.acta");
        log = std::make_unique<sqlite_log>(here / "bank.acta");
        log->append(account("ada"), exactly(3), deposits(5)).value();
        events = read_all(*log);
    }
    ~open_bank() {
        log.reset();
        std::filesystem::remove_all(moved());
    }
    std::filesystem::path moved() const { return here.path().string() + "-moved"; }
};

/// What a second connection gives, which has to be opened now: verify() has the first one while it calls.
failure beside_a_reading(const sqlite_log& log) {
    failure why = thrown_by([] {});
    (void)log.verify([&](position, position) { why = thrown_by([&] { (void)log.head(); }); });
    return why;
}

void check_refused(const failure& why, std::string_view what) {
    const std::string said = why.what();
    CAPTURE(said);
    CHECK(why.code() == errc::io);
    CHECK(says(why, "bank.acta"));
    CHECK(says(why, what));
}

}  // namespace

TEST_CASE("a store whose file has gone or was replaced goes on reading what it was, and nothing else is read, stored or waited for") {
    const std::pair<const char*, accident> accidents[] = {
        {"another store", [](const folder& at) { std::filesystem::rename(at / "other.acta", at / "bank.acta"); }},
        {"another store, and the log removed",
         [](const folder& at) { take_log_along(at), std::filesystem::rename(at / "other.acta", at / "bank.acta"); }},
        {"an older copy", [](const folder& at) { std::filesystem::rename(at / "older.acta", at / "bank.acta"); }},
        {"an older copy, and the log removed",
         [](const folder& at) { take_log_along(at), std::filesystem::rename(at / "older.acta", at / "bank.acta"); }},
        {"nothing", [](const folder& at) { std::filesystem::remove(at / "bank.acta"); }},
        {"nothing, it was moved", [](const folder& at) { std::filesystem::rename(at / "bank.acta", at / "bank.acta.old"); }},
    };
    for (const auto& [name, happens] : accidents) {
        const std::string now_there = name;
        CAPTURE(now_there);
        open_bank bank;
        happens(bank.here);
        const std::string found = bytes_of_file(bank.here / "bank.acta");
        check_refused(beside_a_reading(*bank.log), "was deleted, moved or replaced while it was open: nothing was read, close the store");
        check_refused(thrown_by([&] { (void)bank.log->append(account("ada"), any, deposits(1)); }), "nothing was stored, close the store");
        check_refused(thrown_by([&] { (void)bank.log->wait(8, std::chrono::steady_clock::now() + 60s); }), "nothing more will be heard");
        CHECK(read_all(*bank.log) == bank.events);
        bank.log.reset();
        CHECK((bytes_of_file(bank.here / "bank.acta") == found));
    }
}

TEST_CASE("a store whose folder was moved or removed stores nothing anywhere, and takes appends again once the folder is back") {
    open_bank bank;
    std::filesystem::rename(bank.here.path(), bank.moved());
    check_refused(thrown_by([&] { (void)bank.log->append(account("ada"), any, deposits(1)); }), "put it back");
    check_refused(beside_a_reading(*bank.log), "nothing was read");
    CHECK(read_all(*bank.log) == bank.events);
    std::filesystem::rename(bank.moved(), bank.here.path());
    CHECK(bank.log->append(account("ada"), exactly(8), deposits(1)));
    check_gapless(*bank.log, 9);

    std::filesystem::remove_all(bank.here.path());
    check_refused(thrown_by([&] { (void)bank.log->append(account("ada"), any, deposits(1)); }), "put it back");
    CHECK(read_all(*bank.log).size() == 9);
    bank.log.reset();
    CHECK_FALSE(std::filesystem::exists(bank.here.path()));
}

TEST_CASE("a second name that a store gets while it is open disturbs nobody until it is opened again") {
    open_bank bank;
    std::filesystem::create_hard_link(bank.here / "bank.acta", bank.here / "twin.acta");
    CHECK(bank.log->append(account("ada"), exactly(8), deposits(1)));
    CHECK_FALSE(says(beside_a_reading(*bank.log), "bank.acta"));
    bank.log.reset();
    const failure why = thrown_by([&] { sqlite_log(bank.here / "bank.acta"); });
    CHECK(why.code() == errc::misuse);
    CHECK(says(why, "2 hard links"));
    std::filesystem::remove(bank.here / "twin.acta");
    check_gapless(sqlite_log(bank.here / "bank.acta"), 9);
}

namespace {

/// Stores `count` events in several appends, of 1 to 40 each, to streams of its own.
void store_some(sqlite_log& log, const std::string& of, std::size_t count, std::mt19937_64& random) {
    for (std::size_t some = 0; count > 0; count -= some) {
        some = std::min<std::size_t>(count, 1 + random() % 40);
        log.append(account(of + std::to_string(random() % 5)), any, deposits(some)).value();
    }
}

/// What a program that opens the store finds: its events, or nothing when it is told that they are damaged.
std::optional<std::vector<seen>> believed(const std::filesystem::path& file) {
    try {
        const sqlite_log log(file);
        auto events = read_all(log);
        if (log.verify().sound()) return events;
    } catch (const failure& why) {
        const std::string said = why.what();
        CAPTURE(said);
        REQUIRE(says(why, "bank.acta"));
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE(
    "a store that another file was put or written over, its log left behind, is whole or damaged, never something that nobody stored") {
    campaign run(60);
    MESSAGE("seed " << run.seed());
    std::uint64_t whole = 0, damaged = 0;
    do {
        CAPTURE(run.seed_of_round());
        std::mt19937_64 random(run.seed_of_round());
        const folder here;
        const auto file = here / "bank.acta", older = here / "older.acta", other = here / "other.acta";
        const auto store = [&](const std::filesystem::path& where, const std::string& of, std::size_t most) {
            sqlite_log log(where);
            store_some(log, of, 1 + random() % most, random);
        };
        store(other, "other", 2'000);
        store(file, "ada", 2'000);
        std::filesystem::copy_file(file, older);
        store(file, "ada", 2'000);
        child killed([&](const child::voice& parent) {
            sqlite_log log(file);
            store_some(log, "ada", 1 + random() % 300, random);
            parent.tell("stored");
            return ::pause();
        });
        REQUIRE(killed.hear() == "stored");
        const std::vector<seen> stored = read_all(sqlite_log(file, {.read_only = true}));
        switch (random() % 3) {
        case 0: write_file(file, bytes_of_file(older)); break;  // cp
        case 1: std::filesystem::rename(older, file); break;    // mv
        default: std::filesystem::rename(other, file);
        }
        killed.kill(), killed.wait();
        const auto events = believed(file);
        ++(events ? whole : damaged);
        if (events) REQUIRE(*events == stored);
    } while (run.next());
    MESSAGE(run.rounds_done() << " rounds: " << whole << " whole, " << damaged << " damaged");
    CHECK(damaged > 0);
}

TEST_CASE("a store whose file is closed to its user while it is open is written on, and says so to who would open it anew") {
    const folder here;
    std::filesystem::permissions(here.path(), std::filesystem::perms::all);
    child nobody([&](const child::voice& parent) {
        if (::geteuid() == 0 && (::setgid(65'534) != 0 || ::setuid(65'534) != 0)) return 1;
        sqlite_log log(here / "bank.acta");
        log.append(account("ada"), none, deposits(1)).value();
        std::filesystem::permissions(here / "bank.acta", std::filesystem::perms::none);
        const failure why = beside_a_reading(log);
        parent.tell(std::string(to_string(why.code())) + " " + why.what());
        log.append(account("ada"), exactly(1), deposits(1)).value();
        return log.head() == 2 ? 0 : 2;
    });
    const std::string said = nobody.hear().value_or("");
    CAPTURE(said);
    CHECK(said.starts_with("read_only "));
    CHECK(says(said, "bank.acta"));
    CHECK(says(said, "Permission denied"));
    CHECK(says(said, "mend the permissions"));
    CHECK(nobody.wait() == 0);
    std::filesystem::permissions(here / "bank.acta", std::filesystem::perms(0600));
    check_gapless(sqlite_log(here / "bank.acta"), 2);
}

TEST_CASE("a store whose folder is closed to its user while it is open is read and written on, and nothing is lost") {
    const folder here;
    const auto place = here / "shelf";
    std::filesystem::create_directory(place);
    std::filesystem::permissions(here.path(), std::filesystem::perms::all);
    std::filesystem::permissions(place, std::filesystem::perms::all);
    write_file(here / "wait", "");
    child nobody([&](const child::voice& parent) {
        if (::geteuid() == 0 && (::setgid(65'534) != 0 || ::setuid(65'534) != 0)) return 1;
        sqlite_log log(place / "bank.acta");
        log.append(account("ada"), none, deposits(1)).value();
        parent.tell("stored");
        for (int i = 0; i < 30'000 && std::filesystem::exists(here / "wait"); ++i) std::this_thread::sleep_for(1ms);
        log.append(account("ada"), exactly(1), deposits(1)).value();
        return says(beside_a_reading(log), "nothing was thrown") && log.head() == 2 ? 0 : 2;
    });
    REQUIRE(nobody.hear() == "stored");
    std::filesystem::permissions(place, std::filesystem::perms(0555));
    std::filesystem::remove(here / "wait");
    CHECK(nobody.wait() == 0);
    std::filesystem::permissions(place, std::filesystem::perms::all);
    check_gapless(sqlite_log(place / "bank.acta"), 2);
}
