// The log in one file: opening and closing it, accidents to the file, the size of its write-ahead log.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

TEST_CASE("a store is made where there is none, and found again") {
    const folder here;
    std::array<std::byte, 16> uuid{};
    {
        sqlite_log to(here / "bank.acta");
        uuid = to.uuid();
        REQUIRE(to.append(account("ada"), none, deposits(3)));
    }
    sqlite_log to(here / "bank.acta", {.create = false});
    CHECK(to.uuid() == uuid);
    CHECK(to.append(account("ada"), exactly(3), deposits(1))->first_position == 4);
    check_gapless(to, 4);
}

TEST_CASE("a store that was closed well is one file and its lock") {
    const folder here;
    {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(3)));
        (void)read_all(to);
    }
    CHECK(here.listing() == "bank.acta bank.acta.lock bank.acta.notify ");
    {
        sqlite_log to(here / "bank.acta");
        (void)read_all(to);
    }
    CHECK(here.listing() == "bank.acta bank.acta.lock bank.acta.notify ");
    std::filesystem::copy_file(here / "bank.acta", here / "copy.acta");
    CHECK(read_all(sqlite_log(here / "copy.acta")).size() == 3);
}

TEST_CASE("a store that somebody took out of WAL mode is not appended to, and still read") {
    const folder here;
    {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(3)));
    }
    REQUIRE(shell(here / "bank.acta").ask("PRAGMA journal_mode = DELETE") == "delete");
    const failure why = thrown_by([&] { sqlite_log(here / "bank.acta"); });
    CHECK(why.code() == errc::damaged);
    CHECK(says(why, "WAL"));
    CHECK(read_all(sqlite_log(here / "bank.acta", {.read_only = true})).size() == 3);
    REQUIRE(shell(here / "bank.acta").ask("PRAGMA journal_mode = WAL") == "wal");
    CHECK(sqlite_log(here / "bank.acta").append(account("ada"), exactly(3), deposits(1)));
}

TEST_CASE("an append to a store whose file was replaced, moved or deleted stores nothing anywhere") {
    const folder here;
    {
        sqlite_log to(here / "other.acta");
        REQUIRE(to.append(account("other"), none, deposits(7)));
    }
    const std::string other = bytes_of_file(here / "other.acta");
    const std::vector<std::function<void()>> accidents{
        [&] { std::filesystem::rename(here / "other.acta", here / "bank.acta"); },
        [&] { std::filesystem::remove(here / "bank.acta"); },
        [&] { std::filesystem::rename(here / "bank.acta", here / "moved.acta"); },
    };
    for (const auto& accident : accidents) {
        {
            sqlite_log to(here / "bank.acta");
            REQUIRE(to.append(account("ada"), none, deposits(2)));
            accident();
            for (int i = 0; i < 2; ++i) {
                const failure why = thrown_by([&] { (void)to.append(account("ada"), any, deposits(1)); });
                CHECK(why.code() == errc::io);
                CHECK(says(why, "bank.acta"));
                CHECK(says(why, "nothing was stored"));
            }
            CHECK(to.head() == 2);
        }
        if (std::filesystem::exists(here / "bank.acta")) CHECK((bytes_of_file(here / "bank.acta") == other));
        for (const char* const name : {"bank.acta", "bank.acta-wal", "bank.acta-shm", "moved.acta"}) std::filesystem::remove(here / name);
    }
}

TEST_CASE("the write-ahead log stays small under a long load, also while another reads page by page") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.checkpoint_pages = 200});
    REQUIRE(to.append(account("0"), any, deposits(2'500)));
    cursor reading = to.read();
    auto at = reading.begin();
    std::uintmax_t largest = 0;
    for (int i = 0; i < 1'500; ++i) {
        REQUIRE(to.append(account(std::to_string(i)), any, deposits(100)));
        if (at != std::default_sentinel) ++at;
        largest = std::max(largest, std::filesystem::file_size(here / "bank.acta-wal"));
    }
    MESSAGE("largest " << largest / 1'024 << " KiB");
    CHECK(largest < 2'000 * 4'096);
    check_gapless(to, 152'500);
}

TEST_CASE("the write-ahead log is used again from its start when the one who stood in its way is gone") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.checkpoint_pages = 50});
    REQUIRE(to.append(account("0"), any, deposits(1)));
    {
        shell reader(here / "bank.acta");
        REQUIRE(reader.run("BEGIN; SELECT count(*) FROM entry") == "");
        for (int i = 0; i < 300; ++i) REQUIRE(to.append(account(std::to_string(i)), any, deposits(50)));
        CHECK(std::filesystem::file_size(here / "bank.acta-wal") > 200 * 4'096);
        CHECK(reader.ask("SELECT count(*) FROM entry") == "1");
    }
    for (int i = 0; i < 100; ++i) REQUIRE(to.append(account(std::to_string(i)), any, deposits(1)));
    const auto size = std::filesystem::file_size(here / "bank.acta-wal");
    for (int i = 0; i < 500; ++i) REQUIRE(to.append(account(std::to_string(i)), any, deposits(1)));
    CHECK(std::filesystem::file_size(here / "bank.acta-wal") == size);
    check_gapless(to, to.head());
}

TEST_CASE("a store in memory is opened to write, and options that make no sense are refused") {
    CHECK(thrown_by([] { sqlite_log(":memory:", {.read_only = true}); }).code() == errc::misuse);
    CHECK(thrown_by([] { sqlite_log(":memory:", {.max_event_size = (64U << 20) + 1}); }).code() == errc::misuse);
    CHECK(thrown_by([] { sqlite_log(":memory:", {.vfs = "no such vfs"}); }).code() == errc::io);
}

TEST_CASE("times and sizes of any length are taken for what they mean") {
    const folder here;
    sqlite_log to(here / "bank.acta",
                  {.busy_timeout = std::chrono::hours(24 * 365 * 100), .checkpoint_pages = std::numeric_limits<std::size_t>::max()});
    REQUIRE(to.append(account("0"), any, deposits(1)));
    for (int i = 0; i < 30; ++i) REQUIRE(to.append(account("0"), any, deposits(256)));
    CHECK(std::filesystem::file_size(here / "bank.acta-wal") > 30 * 4'096);  // never copied back meanwhile
    shell rival(here / "bank.acta");
    REQUIRE(rival.run("BEGIN IMMEDIATE") == "");
    std::thread later([&] {
        std::this_thread::sleep_for(100ms);
        CHECK(rival.run("ROLLBACK") == "");
    });
    CHECK(to.append(account("0"), any, deposits(1)));  // waits
    later.join();
}

TEST_CASE("a writer that another one keeps out is told so within its patience, and nothing is stored") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.busy_timeout = 50ms});
    REQUIRE(to.append(account("0"), any, deposits(1)));
    {
        shell rival(here / "bank.acta");  // one who does not know of the turnstile
        REQUIRE(rival.run("BEGIN IMMEDIATE") == "");
        CHECK(thrown_by([&] { (void)to.append(account("0"), any, deposits(1)); }).code() == errc::busy);
        CHECK(to.head() == 1);
    }
    CHECK(to.append(account("0"), exactly(1), deposits(1)));
}

TEST_CASE("a store whose events have gone is not taken for an empty one") {
    const folder here;
    REQUIRE(sqlite_log(here / "bank.acta").append(account("ada"), any, {deposited{1}}));
    REQUIRE(shell(here / "bank.acta")
                .run("DROP TRIGGER entry_is_never_deleted; DELETE FROM entry; CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry "
                     "BEGIN "
                     "SELECT RAISE(ABORT, 'acta: what is recorded is never deleted'); END") == "");
    const failure why = thrown_by([&] { sqlite_log again(here / "bank.acta"); });
    CHECK(why.code() == errc::damaged);
    CHECK(says(why, "its events are missing"));
    CHECK(thrown_by([&] { sqlite_log again(here / "bank.acta", {.read_only = true}); }).code() == errc::damaged);
}
