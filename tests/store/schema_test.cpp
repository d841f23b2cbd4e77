// The tables and their triggers: what is recorded is never changed, and a schema that was changed is refused.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/schema.hpp>

using namespace acta;
using namespace tests;

namespace {

void make(const std::filesystem::path& file) {
    sqlite_log to(file);
    REQUIRE(to.append(account("ada"), none, {opened{"Ada"}, withdrawn{5}}));
    REQUIRE(to.append(account("bob"), none, {opened{"Bob"}}));
    REQUIRE(to.append(account("ada"), any, {deposited{5}}));
}

}  // namespace

TEST_CASE("a shell cannot update, delete or replace what is recorded") {
    const folder here;
    make(here / "bank.acta");
    const std::string entry = "entry (last_position, stream, last_version, recorded_at, data) ";
    const std::vector<std::string> attempts{
        "UPDATE entry SET data = x'00'",
        "UPDATE entry SET recorded_at = 0 WHERE last_position = 2",
        "UPDATE OR REPLACE entry SET last_position = 2 WHERE last_position = 3",
        "UPDATE entry SET last_position = last_position + 100",
        "DELETE FROM entry",
        "DELETE FROM entry WHERE last_position = 4",
        "INSERT OR REPLACE INTO " + entry + "VALUES (2, 1, 2, 0, x'00')",
        "REPLACE INTO " + entry + "VALUES (4, 1, 3, 0, x'00')",
        "INSERT OR REPLACE INTO " + entry + "VALUES (5, 1, 3, 0, x'00')",  // another position, an old version
        "INSERT OR REPLACE INTO " + entry + "VALUES (5, 1, 1, 0, x'00')",
        "INSERT INTO " + entry + "VALUES (1, 7, 1, 0, x'00')",  // below the head
        "INSERT INTO " + entry + "VALUES (0, 7, 1, 0, x'00')",
        "INSERT INTO " + entry + "VALUES (-1, 7, 1, 0, x'00')",
        "INSERT INTO " + entry + "VALUES (NULL, 7, 1, 0, x'00')",
        "INSERT INTO " + entry + "VALUES (4, 1, 3, 0, x'00') ON CONFLICT DO UPDATE SET data = x'00'",
        "UPDATE event_type SET name = 'x'",
        "UPDATE event_type SET layout = '{}'",
        "DELETE FROM event_type",
        "INSERT OR REPLACE INTO event_type SELECT id, 'x', revision, fingerprint, layout, checksum FROM event_type WHERE id = 1",
        "INSERT OR REPLACE INTO event_type SELECT 99, name, revision, fingerprint, '{}', checksum FROM event_type WHERE id = 1",
        "UPDATE stream SET name = 'account-eve' WHERE id = 1",
        "UPDATE stream SET id = 9 WHERE id = 1",
        "UPDATE OR REPLACE stream SET id = 2 WHERE id = 1",
        "DELETE FROM stream",
        "INSERT OR REPLACE INTO stream (id, name, checksum) VALUES (1, 'account-eve', 0)",
        "INSERT OR REPLACE INTO stream (id, name, checksum) VALUES (9, 'account-ada', 0)",
        "UPDATE tag SET name = 'kind:credit'",
        "DELETE FROM tag",
        "INSERT OR REPLACE INTO tag (id, name, checksum) VALUES (1, 'kind:credit', 0)",
        "INSERT OR REPLACE INTO tag (id, name, checksum) VALUES (9, 'kind:debit', 0)",
        "UPDATE store SET value = x'00' WHERE key = 'uuid'",
        "DELETE FROM store WHERE key = 'uuid'",
        "INSERT OR REPLACE INTO store (key, value, checksum) VALUES ('uuid', zeroblob(16), 0)",
        "REPLACE INTO store (key, value, checksum) VALUES ('created_at', 0, 0)",
    };
    const auto contents = [](shell& sqlite) {
        std::string out;
        for (const char* const table : {"entry", "event_type", "stream", "tag", "store"}) {
            const std::string columns = sqlite.ask(
                "SELECT group_concat('quote(' || name || ')', ' || '','' || ') FROM pragma_table_info('" + std::string(table) + "')");
            out += sqlite.ask("SELECT group_concat(" + columns + ", ';') FROM " + table) + "\n";
        }
        return out;
    };
    for (const bool recursive : {false, true}) {
        shell sqlite(here / "bank.acta");
        REQUIRE(sqlite.run(recursive ? "PRAGMA recursive_triggers = ON" : "PRAGMA recursive_triggers = OFF") == "");
        const std::string before = contents(sqlite);
        for (const std::string& attempt : attempts) {
            CAPTURE(attempt);
            const std::string why = sqlite.run(attempt);
            CHECK(says(why, "acta: what is recorded is never"));
            CHECK((contents(sqlite) == before));
        }
    }
    sqlite_log to(here / "bank.acta");
    CHECK(read_all(to).size() == 4);
    CHECK(to.append(account("ada"), exactly(3), {deposited{1}})->first_position == 5);
}

TEST_CASE("tables take no value of another type") {
    const folder here;
    make(here / "bank.acta");
    shell sqlite(here / "bank.acta");
    CHECK(says(sqlite.run("INSERT INTO entry VALUES (9, 1, 9, 0, 'text')"), "cannot store TEXT value in BLOB column"));
    CHECK(says(sqlite.run("INSERT INTO entry VALUES (9, 1, 9, 'soon', x'00')"), "cannot store TEXT value in INTEGER column"));
    CHECK(says(sqlite.run("INSERT INTO tag VALUES (9, x'00', 0)"), "cannot store BLOB value in TEXT column"));
    CHECK(says(sqlite.run("INSERT INTO entry VALUES (9, 1, 9, 0, NULL)"), "NOT NULL"));
    CHECK(sqlite.ask("SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'") == "0");
}

TEST_CASE("a store whose schema was changed is refused, read-only too, and left as it is") {
    const std::vector<std::string> changes{
        "CREATE TRIGGER spy AFTER INSERT ON entry BEGIN SELECT 1; END",
        "CREATE VIEW spy AS SELECT * FROM entry",
        "CREATE TABLE spy (x)",
        "CREATE INDEX spy ON entry (recorded_at)",
        "CREATE VIRTUAL TABLE spy USING fts5(x)",
        "DROP TRIGGER entry_is_never_updated",
        "DROP TRIGGER store_is_never_deleted",
        "DROP INDEX entry_stream",
        "DROP TABLE snapshot",
        "ALTER TABLE command ADD COLUMN x INTEGER",
        "ALTER TABLE command RENAME TO commands",
        "ALTER TABLE entry RENAME COLUMN recorded_at TO stored_at",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'BEFORE UPDATE', 'BEFORE update') WHERE name = "
        "'entry_is_never_updated'",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'entry'",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'entry_is_never_deleted'",
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT type, 'again', tbl_name, rootpage, sql FROM sqlite_schema WHERE "
        "name = 'entry_is_never_deleted'",
    };
    for (const std::string& change : changes) {
        CAPTURE(change);
        const folder here;
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").run(change) == "");
        const std::string before = bytes_of_file(here / "bank.acta");
        for (const bool read_only : {false, true}) {
            const failure why = thrown_by([&] { sqlite_log(here / "bank.acta", {.read_only = read_only}); });
            CHECK(why.code() == errc::damaged);
            CHECK(says(why, "bank.acta"));
        }
        CHECK(bytes_of_file(here / "bank.acta") == before);
    }
}

TEST_CASE("statistics of SQLite's own are no change of the schema that acta has to know") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(shell(here / "bank.acta").run("ANALYZE") == "");
    const failure why = thrown_by([&] { sqlite_log(here / "bank.acta"); });
    CHECK(why.code() == errc::damaged);  // to the letter: FORMAT.md
    REQUIRE(shell(here / "bank.acta").run("DROP TABLE sqlite_stat1") == "");
    CHECK(read_all(sqlite_log(here / "bank.acta")).size() == 4);
}

TEST_CASE("a row that tells of the store itself is checked when the store is opened") {
    for (const std::string change :
         {"UPDATE store SET value = zeroblob(16) WHERE key = 'uuid'", "UPDATE store SET value = x'01' WHERE key = 'uuid'",
          "UPDATE store SET value = 'text' WHERE key = 'uuid'", "UPDATE store SET value = value + 1 WHERE key = 'created_at'",
          "UPDATE store SET checksum = checksum + 1 WHERE key = 'uuid'", "DELETE FROM store WHERE key = 'uuid'", "DELETE FROM store",
          "UPDATE store SET key = 'name' WHERE key = 'created_at'"}) {
        CAPTURE(change);
        const folder here;
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").disarm().run(change) == "");
        CHECK(thrown_by([&] { sqlite_log(here / "bank.acta"); }).code() == errc::damaged);
    }
}
