// verify: a sound store has no findings, and each kind of damage has its sentence.
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace acta;
using namespace tests;

namespace {

/// Three streams, tags, an answered command and a snapshot; 13 events.
void make(const std::filesystem::path& file) {
    sqlite_log to(file);
    for (int i = 0; i < 4; ++i)
        REQUIRE(to.append(account(std::to_string(i % 2)), any, {deposited{i}, withdrawn{i} | tagged("month", std::to_string(i))}));
    append_request one = request(account("2"), none, deposits(4));
    one.id = command_id("order-1");
    one.command = "deposit";
    REQUIRE(to.append(one));
    append_request kept = request(account("0"), any, deposits(1));
    kept.snapshot = {account("0"), 4, 6, 1, {std::byte{1}}};
    REQUIRE(to.append(kept));
}

verified verify(const std::filesystem::path& file) { return sqlite_log(file, {.read_only = true}).verify(); }

bool finds(const verified& all, std::string_view part) {
    return std::any_of(all.findings.begin(), all.findings.end(), [&](const std::string& each) { return says(each, part); });
}

struct damage {
    const char* sql;
    const char* sentence;
};

}  // namespace

TEST_CASE("a sound store has no findings, and all of it is counted") {
    const folder here;
    make(here / "bank.acta");
    position reached = 0;
    const sqlite_log log(here / "bank.acta", {.read_only = true});
    const std::string before = bytes_of_file(here / "bank.acta");
    const verified all = log.verify([&](position at, position head) {
        CHECK(head == 13);
        reached = at;
    });
    CHECK(all.findings == std::vector<std::string>{});
    CHECK(all.sound());
    CHECK(all.head == 13);
    CHECK(all.entries == 6);
    CHECK(all.streams == 3);
    CHECK(all.tags == 8);  // "kind:debit" and a month of each of four entries
    CHECK(all.commands == 1);
    CHECK(all.snapshots == 1);
    CHECK(reached == 13);
    CHECK((bytes_of_file(here / "bank.acta") == before));
}

TEST_CASE("an empty store, and one in memory that is written to, are sound") {
    sqlite_log log(":memory:");
    CHECK(log.verify().sound());
    CHECK(log.verify().head == 0);
    REQUIRE(log.append(account("0"), none, deposits(300)));
    CHECK(log.verify().sound());
    CHECK(log.verify().entries == 2);
    REQUIRE(log.append(account("0"), exists, deposits(1)));
}

TEST_CASE("each kind of damage has its sentence, and everything else is looked at all the same") {
    const damage kinds[] = {
        {"DELETE FROM entry WHERE last_position = 4", "begins behind position 4, but the one before it ends at 2"},
        {"UPDATE entry SET last_version = 3 WHERE last_position = 2", "is not what was written"},
        {"UPDATE entry SET recorded_at = 1 WHERE last_position = 8", "is not what was written"},
        {"UPDATE entry SET data = zeroblob(20) WHERE last_position = 8", "is not what was written"},
        {"UPDATE entry SET stream = 77 WHERE last_position = 8", "belongs to stream 77, which is not there"},
        {"DELETE FROM entry_tag WHERE last_position = 4", "does not lead to the entry that ends at position 4"},
        {"INSERT INTO entry_tag VALUES (1, 12)", "1 rows lead from a tag to an entry that does not have it"},
        {"INSERT INTO entry_tag VALUES (77, 12)", "tag 77 of some entries has no name"},
        {"UPDATE tag SET name = 'month:77' WHERE id = 2", "the row of tag 2"},
        {"UPDATE stream SET name = 'account-77' WHERE id = 1", "the row of stream 1"},
        {"INSERT INTO stream VALUES (9, 'account-9', NULL, 0)", "has no entry"},
        {"UPDATE command SET name = 'withdraw'", "\"order-1\" is not what was written"},
        {"UPDATE command SET id = 'order-2'", "\"order-2\" is not what was written"},
        {"UPDATE snapshot SET version = 5", "the snapshot of \"account-0\" is not what was written"},
        {"UPDATE snapshot SET stream = 77", "a snapshot belongs to stream 77"},
        {"UPDATE store SET checksum = 1 WHERE key = 'format'", "of its own format"},
        {"INSERT INTO store VALUES ('k', 1, 1)", "a row too many"},
        {"PRAGMA journal_mode=DELETE", "not in WAL mode"},
    };
    for (const damage& kind : kinds) {
        CAPTURE(std::string(kind.sql));
        const folder here;
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").disarm().run(kind.sql) == "");
        const verified all = verify(here / "bank.acta");
        CHECK(finds(all, kind.sentence));
        CHECK(all.commands == 1);
        CHECK(all.snapshots == 1);
    }
}

TEST_CASE("an index that hides rows is found") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(shell(here / "bank.acta")
                .run_on_index("entry_stream", "stream INTEGER, last_version INTEGER, id INTEGER, PRIMARY KEY (stream, last_version, id)",
                              "DELETE FROM bare WHERE stream = 1 AND last_version = 5") == "");
    const verified all = verify(here / "bank.acta");
    CHECK(finds(all, "SQLite: "));
    CHECK(finds(all, "the index of streams ends \"account-0\" at version 4, its entries at 5"));
}

TEST_CASE("findings end at a hundred") {
    const folder here;
    sqlite_log(here / "bank.acta").append_all(std::vector<append_request>(300, request(account("0"), any, {deposited{1}})));
    REQUIRE(shell(here / "bank.acta").disarm().run("UPDATE entry SET recorded_at = recorded_at + 1") == "");
    CHECK(verify(here / "bank.acta").findings.size() == verified::most_findings);
}
