// Reading a damaged store: a sentence, or exactly what was written.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/checksum.hpp>
#include <store/database.hpp>
#include <store/entry.hpp>
#include <store/names.hpp>

#include <algorithm>
#include <functional>

using namespace acta;
using namespace tests;

namespace {

/// Some of everything, in one clean file.
void make(const std::filesystem::path& file) {
    sqlite_log to(file);
    metadata shared;
    shared.with_actor("teller").with_correlation(command_id::make());
    for (int i = 0; i < 40; ++i)
        REQUIRE(to.append(account(std::to_string(i % 9)), any,
                          {opened{"somebody"}, withdrawn{i} | with("reason", "fee") | tagged("month", std::to_string(i % 5)), deposited{i}},
                          shared));
    REQUIRE(to.append(account("7"), any, deposits(300)));
    REQUIRE(to.append(account("8"), any, {attached{std::vector<std::byte>(6'000, std::byte{7})}}));  // over several pages
}

/// Every way of reading everything meets the damage.
void check_found(const std::filesystem::path& file, std::string_view sentence) {
    const sqlite_log from(file);
    for (const direction way : {direction::forward, direction::backward}) {
        const failure why = thrown_by([&] { (void)read_all(from, {.direction = way}); });
        const std::string said = why.what();
        CAPTURE(said);
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, sentence));
        CHECK(says(why, file.filename().string()));
    }
}

/// One more entry of one event, as somebody who knows the format would forge it.
void forge(const std::filesystem::path& file, std::int64_t last_position, std::int64_t stream, std::int64_t last_version,
           const detail::entry_event& event) {
    const detail::connection on(file.string(), SQLITE_OPEN_READWRITE, "", "forger");
    sqlite3_db_config(on.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    detail::stream_names names(on);
    std::vector<std::byte> data;
    detail::write_entry(data, {names.at(stream), last_position, last_version, 1}, 1, {}, std::span(&event, 1));
    detail::statement(on, "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, 1, ?)")
        .bind(1, last_position)
        .bind(2, stream)
        .bind(3, last_version)
        .bind(4, data)
        .finish();
}

}  // namespace

TEST_CASE("a missing entry is found from both sides, also at the beginning") {
    for (const int which : {1, 2, 20}) {
        CAPTURE(which);
        const folder here;
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").disarm().run("DELETE FROM entry WHERE last_position = 3 * " + std::to_string(which)) == "");
        check_found(here / "bank.acta", "missing");
        const sqlite_log from(here / "bank.acta");
        const stream_name stream = account(std::to_string((which - 1) % 9));
        CHECK(thrown_by([&] { (void)read_all(from, stream); }).code() == errc::damaged);
        CHECK(thrown_by([&] { (void)read_all(from, stream, {.direction = direction::backward}); }).code() == errc::damaged);
    }
}

TEST_CASE("entries that were exchanged, moved to another stream or stamped anew are found") {
    for (const char* const change :
         {"UPDATE entry SET data = (SELECT data FROM entry WHERE last_position = 6) WHERE last_position = 3",
          "UPDATE entry SET stream = 2, last_version = 1000 WHERE last_position = 3",
          "UPDATE entry SET recorded_at = recorded_at + 1 WHERE last_position = 3",
          "UPDATE entry SET last_version = 2 WHERE last_position = 3", "UPDATE entry SET stream = 999 WHERE last_position = 3",
          "UPDATE entry SET stream = 9223372036854775807 WHERE last_position = 3",
          "UPDATE entry SET last_position = 2 WHERE last_position = 3", "UPDATE entry SET data = x'' WHERE last_position = 3",
          "UPDATE entry SET data = zeroblob(1000000) WHERE last_position = 3"}) {
        CAPTURE(change);
        const folder here;
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").disarm().run(change) == "");
        check_found(here / "bank.acta", "");
    }
}

TEST_CASE("an index that leads to another stream is found by who reads, asks and appends") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(
        shell(here / "bank.acta")
            .run_on_index(
                "sqlite_autoindex_stream_1", "name TEXT, id INTEGER, PRIMARY KEY (name, id)",
                "DELETE FROM bare WHERE name IN ('account-0', 'account-1'); INSERT INTO bare VALUES ('account-0', 2), ('account-1', 1)") ==
        "");
    sqlite_log to(here / "bank.acta");
    const std::vector<std::function<void()>> ways{[&] { (void)to.find_stream(account("0")); }, [&] { (void)read_all(to, account("0")); },
                                                  [&] { (void)to.append(account("0"), any, deposits(1)); }};
    for (const auto& way : ways) {
        const failure why = thrown_by(way);
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, "account-0"));
    }
    CHECK(to.append(account("2"), any, deposits(1)));
}

TEST_CASE("an index that leads to an entry of another stream is found by who reads, and by who is in conflict") {
    const folder here;
    const auto file = here / "bank.acta";
    {
        sqlite_log to(file);
        for (const char* const id : {"ada", "bob", "eve", "ada", "bob", "eve", "ada", "bob", "eve", "bob"})
            REQUIRE(to.append(account(id), any, deposits(3)));
    }
    const int root = std::stoi(shell(file).ask("SELECT rootpage FROM sqlite_schema WHERE name = 'entry_stream'"));
    std::string bytes = bytes_of_file(file);
    const std::size_t page = static_cast<std::size_t>(root - 1) * 4'096, rows = page + 8;
    REQUIRE(bytes.substr(page, 5) == std::string("\x0a\0\0\0\x0a", 5));  // a leaf of ten rows: ada's, bob's, eve's
    bytes.replace(rows + 2 * 5, 2, bytes.substr(rows + 2 * 2, 2));       // where bob's third one stands, ada's stands as well
    write_file(file, bytes);

    sqlite_log to(file);
    const std::vector<std::function<void()>> ways{[&] { (void)read_all(to, account("bob")); },
                                                  [&] { (void)to.append(account("bob"), exactly(3), deposits(1)); }};
    for (const auto& way : ways) {
        const failure why = thrown_by(way);
        const std::string said = why.what();
        CAPTURE(said);
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, "bank.acta"));
        CHECK(says(why, "another"));
    }
    CHECK_FALSE(to.verify().sound());
}

TEST_CASE("a stream whose entries an index hides is damage, not an empty stream") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(shell(here / "bank.acta")
                .run_on_index("entry_stream", "stream INTEGER, last_version INTEGER, id INTEGER, PRIMARY KEY (stream, last_version, id)",
                              "DELETE FROM bare WHERE stream = 1") == "");
    sqlite_log to(here / "bank.acta");
    CHECK(thrown_by([&] { (void)to.find_stream(account("0")); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)read_all(to, account("0")); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)to.streams(0, 10); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)to.append(account("0"), any, deposits(1)); }).code() == errc::damaged);
    CHECK(to.append(account("1"), any, deposits(1)));
}

TEST_CASE("an append to a stream whose newest entry an index hides is stored behind what is seen of it, and verify tells") {
    for (const expected_version expected : {any, exactly(12)}) {
        const folder here;
        make(here / "bank.acta");
        REQUIRE(sqlite_log(here / "bank.acta").find_stream(account("0"))->version == 15);
        REQUIRE(shell(here / "bank.acta")
                    .run_on_index("entry_stream",
                                  "stream INTEGER, last_version INTEGER, id INTEGER, PRIMARY KEY (stream, last_version, id)",
                                  "DELETE FROM bare WHERE stream = 1 AND last_version = 15") == "");
        sqlite_log to(here / "bank.acta");
        const std::vector<seen> before = read_all(to);
        const auto answer = to.append(account("0"), expected, deposits(1));
        REQUIRE(answer);
        CHECK(answer->version() == 13);  // nothing that an append may look at tells that there is more
        std::vector<seen> after = read_all(to);
        CHECK(after.back().position == answer->last_position);
        after.pop_back();
        CHECK(after == before);
        const verified all = to.verify();
        REQUIRE_FALSE(all.sound());
        const auto tells = [](const std::string& one) { return says(one, "begins behind version 12 of \"account-0\""); };
        CHECK(std::any_of(all.findings.begin(), all.findings.end(), tells));
    }
}

TEST_CASE("an index that counts versions wrong is found by who asks where a stream ends") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(shell(here / "bank.acta")
                .run_on_index("entry_stream", "stream INTEGER, last_version INTEGER, id INTEGER, PRIMARY KEY (stream, last_version, id)",
                              "UPDATE bare SET last_version = last_version + 1 WHERE stream = 1 AND last_version = (SELECT "
                              "max(last_version) FROM bare WHERE stream = 1)") == "");
    sqlite_log to(here / "bank.acta");
    CHECK(thrown_by([&] { (void)to.find_stream(account("0")); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)to.append(account("0"), any, deposits(1)); }).code() == errc::damaged);
}

TEST_CASE("an entry that is whole and yet cannot be is refused") {
    const folder here;
    const auto file = here / "bank.acta";
    const std::vector<std::uint64_t> no_such_tag{12'345}, largest_tag{std::numeric_limits<std::uint64_t>::max()};
    const auto check = [&](const char* what, std::string_view sentence, std::int64_t ahead, const detail::entry_event& event) {
        CAPTURE(what);
        make(file);
        const position head = sqlite_log(file, {.read_only = true}).head();
        const version end = sqlite_log(file, {.read_only = true}).find_stream(account("0"))->version;
        forge(file, head + ahead, 1, end + 1, event);
        check_found(file, sentence);
        CHECK(read_all(sqlite_log(file), {.until = head}).size() == static_cast<std::size_t>(head));
        std::filesystem::remove(file);
    };
    check("a type that no catalogue has", "catalogue", 1, {4'000'000'000, {}, {}, {}});
    check("a tag that is not there", "tag", 1, {1, no_such_tag, {}, {}});
    check("the largest tag", "tag", 1, {1, largest_tag, {}, {}});
    check("a gap before it", "missing", 2, {1, {}, {}, {}});
    check("a position without end", "", std::numeric_limits<std::int64_t>::max() - 1'000, {1, {}, {}, {}});
}

TEST_CASE("nothing is appended behind an entry that is not what was written") {
    const folder here;
    const auto file = here / "bank.acta";
    for (const char* const change :
         {"UPDATE entry SET data = x'00' WHERE last_position = (SELECT max(last_position) FROM entry)",
          "UPDATE entry SET last_position = 9223372036854775807 WHERE last_position = (SELECT max(last_position) FROM entry)",
          "UPDATE entry SET stream = 77 WHERE last_position = (SELECT max(last_position) FROM entry)",
          "INSERT INTO tag VALUES (9223372036854775807, 'a:b', 0)", "INSERT INTO stream VALUES (9223372036854775807, 'account-x', NULL, 0)",
          "UPDATE stream SET checksum = 1 WHERE name = 'account-3'",
          "UPDATE entry SET data = x'00' WHERE last_position = (SELECT max(last_position) FROM entry WHERE stream = 4)",
          "UPDATE tag SET checksum = 1 WHERE name = 'month:1'"}) {
        CAPTURE(change);
        make(file);
        REQUIRE(shell(file).disarm().run(change) == "");
        const std::string count = shell(file).ask("SELECT count(*) FROM entry");
        {
            sqlite_log to(file);
            const failure why = thrown_by([&] { (void)to.append(account("3"), any, {withdrawn{1} | tagged("month", "1")}); });
            CHECK(why.code() == errc::damaged);
            CHECK(says(why, "bank.acta"));
        }
        CHECK(shell(file).ask("SELECT count(*) FROM entry") == count);
        std::filesystem::remove(file);
    }
}
