// A store whose schema somebody has made a trap of: it is refused before any of it is executed, in a sentence, and stays as it is.
#include "judging.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <atomic>

using namespace acta;
using namespace tests;
using ending = judged::ending;

namespace {

std::atomic<int> sprung = 0;

void spring(sqlite3_context* context, int, sqlite3_value**) {
    ++sprung;
    sqlite3_result_int(context, 1);
}

int set_trap(sqlite3* on, const char**, const sqlite3_api_routines*) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;  // as harmless as functions claim to be
    return sqlite3_create_function(on, "trap", -1, flags, nullptr, spring, nullptr, nullptr);
}

/// While it lives, every connection of this process knows the function `trap`, as an application's may know what is dangerous.
struct trap {
    trap() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(set_trap)); }
    trap(const trap&) = delete;
    trap& operator=(const trap&) = delete;
    ~trap() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(set_trap)); }
};

std::string edit(const std::string& name, const std::string& from, const std::string& to) {
    return "UPDATE sqlite_schema SET sql = replace(sql, '" + from + "', '" + to + "') WHERE name = '" + name + "'";
}
std::string add(const std::string& type, const std::string& name, const std::string& table, const std::string& sql) {
    return "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('" + type + "', '" + name + "', '" + table + "', 0, " +
           sql + ")";
}
std::string become(const std::string& name, const std::string& type, const std::string& sql) {
    return "UPDATE sqlite_schema SET type = '" + type + "', rootpage = 0, sql = '" + sql + "' WHERE name = '" + name + "'";
}

const std::string last_column = "data BLOB NOT NULL)";

const std::string changes[] = {
    "CREATE TRIGGER spy AFTER INSERT ON entry BEGIN SELECT trap(); END",
    "CREATE TRIGGER spy BEFORE INSERT ON stream BEGIN DELETE FROM tag; END",
    "CREATE TRIGGER spy BEFORE INSERT ON command BEGIN UPDATE snapshot SET data = zeroblob(100000000); END",
    "CREATE VIEW spy AS SELECT trap() FROM entry",
    "CREATE INDEX spy ON entry (trap(last_position))",
    "CREATE INDEX spy ON entry (stream) WHERE trap(last_position)",
    "CREATE UNIQUE INDEX spy ON stream (closed_at)",
    "DROP TABLE tag; CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT GENERATED ALWAYS AS (trap()) STORED, checksum INTEGER)",
    "DROP TABLE tag; CREATE VIEW tag AS SELECT trap() AS id, 'x' AS name, 0 AS checksum",
    "DROP TABLE tag; CREATE VIRTUAL TABLE tag USING fts5(id, name, checksum)",
    "DROP TABLE snapshot; CREATE VIEW snapshot AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS stream, "
    "trap() "
    "AS version, 0 AS fingerprint, NULL AS data, 0 AS checksum FROM n",
    edit("entry", last_column, "data BLOB NOT NULL DEFAULT (trap()))"),
    edit("entry", last_column, "data BLOB NOT NULL CHECK (trap()))"),
    edit("entry", last_column, "data BLOB NOT NULL, x INTEGER GENERATED ALWAYS AS (trap()) VIRTUAL)"),
    edit("entry", last_column, "data BLOB NOT NULL) /* " + std::string(900'000, 'x') + " */"),
    edit("entry", last_column, "data BLOB NOT NULL) /* " + std::string(3'000'000, 'x') + " */"),
    edit("entry", last_column, "data BLOB NOT NULL" + std::string(2'000, '(') + ")"),
    edit("entry", "CREATE TABLE entry", "CREATE TABLE entry_"),
    edit("entry", "CREATE TABLE entry", "CREATE TABLE tag"),
    edit("entry", "CREATE", "DROP"),
    edit("entry", last_column, last_column + "'' || char(0) || ''; SELECT trap()"),
    edit("entry_is_never_updated", "SELECT RAISE", "SELECT trap(), RAISE"),
    edit("entry_is_never_deleted", "BEFORE DELETE ON entry", "BEFORE DELETE ON tag"),
    become("tag", "view", "CREATE VIEW tag AS SELECT trap() AS id, NULL AS name, NULL AS checksum"),
    become("tag", "table", "CREATE VIRTUAL TABLE tag USING nothing_at_all(x)"),
    become("tag", "table", "CREATE VIRTUAL TABLE tag USING dbstat(main)"),
    become("tag", "table", "CREATE TABLE tag AS SELECT trap() AS id"),
    become("entry_stream", "index", "CREATE INDEX entry_stream ON entry (trap(data))"),
    add("table", "spy", "spy", "'CREATE VIRTUAL TABLE spy USING fts5(x)'"),
    add("trigger", "spy", "entry", "'CREATE TRIGGER spy INSTEAD OF INSERT ON entry BEGIN SELECT trap(); END'"),
    add("table", "spy", "spy", "'not SQL at all'"),
    add("table", "spy", "spy", "x'00ff'"),
    add("table", "spy", "spy", "77"),
    add("table", "spy", "spy", "NULL"),
    add("index", "spy", "entry", "NULL"),
    add("index", "sqlite_autoindex_entry_9", "entry", "NULL"),
    add("", "", "", "''"),
    add("table", "red \x1b[31m", "red \x1b[31m", "'CREATE TABLE \"red \x1b[31m\x07 \xff\" (x)'"),
    "UPDATE sqlite_schema SET sql = NULL WHERE name = 'tag'",
    "UPDATE sqlite_schema SET sql = NULL",
    "UPDATE sqlite_schema SET sql = '' WHERE name = 'entry_stream'",
    "DELETE FROM sqlite_schema",
    "DELETE FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex%'",
    "INSERT INTO sqlite_schema SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema",
};

/// The schema's tables and indexes, whose pages may be lied about.
std::vector<std::string> objects(const std::filesystem::path& store) {
    shell on(store);
    std::vector<std::string> out;
    for (int i = 0;; ++i) {
        std::string name = on.ask("SELECT name FROM sqlite_schema WHERE rootpage > 0 ORDER BY rowid LIMIT 1 OFFSET " + std::to_string(i));
        if (name.empty()) return out;
        out.push_back(std::move(name));
    }
}

void change(const std::filesystem::path& store, const std::string& sql) {
    const trap known;  // the trap's maker has to know it, too
    shell on(store);
    REQUIRE(on.run("PRAGMA writable_schema = ON; PRAGMA trusted_schema = ON") == "");
    CHECK(on.run(sql) == "");
}

}  // namespace

TEST_CASE("a schema that was made a trap is refused, nothing of it is executed, and the file stays as it was") {
    const folder here;
    const auto store = here / "bank.acta";
    make_store(store);
    const files whole = files_of(store);
    for (const std::string& sql : changes) {
        const std::string begin = sql.substr(0, 200);
        CAPTURE(begin);
        put_files(store, whole);
        change(store, sql);
        const files before = files_of(store);
        REQUIRE(before != whole);
        for (const bool read_only : {true, false}) {
            const answer said = ask(store, [&] {
                const trap known;
                sprung = 0;
                try {
                    const sqlite_log log(store, {.read_only = read_only});
                } catch (const failure&) {
                    if (sprung == 0) throw;
                    throw std::runtime_error("the trap was sprung");
                }
            });
            CHECK(said.refused);
            CHECK(said.code == errc::damaged);
        }
        CHECK((files_of(store) == before));
    }
}

TEST_CASE("that trap springs under whoever uses such a store without a look at its schema") {
    const folder here;
    const auto store = here / "bank.acta";
    make_store(store);
    change(store, "DROP TABLE tag; CREATE VIEW tag AS SELECT trap() AS id, 'x' AS name, 0 AS checksum");
    const trap known;
    sprung = 0;
    shell(store).ask("SELECT id FROM tag");
    CHECK(sprung == 1);
}

TEST_CASE("a table or index that claims pages of another one is refused or found out, and an append to it destroys nothing unseen") {
    const folder here;
    const auto store = here / "bank.acta";
    const written good = make_store(store);
    const files whole = files_of(store);
    const std::vector<std::string> all = objects(store);
    REQUIRE(all.size() >= 12);
    std::size_t refused = 0, cases = 0;
    for (const std::string& name : all) {
        std::vector<std::string> pages{"0",      "1",    "-1",    "2147483647",
                                       "'text'", "NULL", "1e300", "(SELECT max(rootpage) + 2 FROM sqlite_schema)"};
        for (const std::string& other : all)
            if (other != name) pages.push_back("(SELECT rootpage FROM sqlite_schema WHERE name = '" + other + "')");
        for (const std::string& page : pages) {
            if (!is_due()) continue;
            CAPTURE(name);
            CAPTURE(page);
            put_files(store, whole);
            {
                shell on(store);
                REQUIRE(on.run("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = " + page + " WHERE name = '" + name +
                               "'") == "");
            }
            const judged found = judge(store, good);
            CHECK((found.read == ending::refused || !found.sound()));
            refused += found.read == ending::refused ? 1 : 0, ++cases;
            if (append_one(store).refused) continue;
            sqlite_log log(store, {.read_only = true});
            std::vector<seen> now = read_all(log);
            now.pop_back();
            CHECK(now == good.events);
            CHECK_FALSE(log.verify().sound());
        }
    }
    MESSAGE(cases << " lies about pages, " << refused << " refused on reading, the others found by verify");
}

TEST_CASE("two tables at one page are refused when the store is opened: what is written to one would overwrite the other's rows") {
    const folder here;
    const auto store = here / "bank.acta";
    make_store(store);
    REQUIRE(shell(store).run(
                "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = "
                "'entry') WHERE name = 'snapshot'") == "");
    for (const bool read_only : {true, false}) {
        const answer said = ask(store, [&] { const sqlite_log log(store, {.read_only = read_only}); });
        CHECK(said.code == errc::damaged);
        CHECK(says(said.sentence, "page"));
    }
}
