#include <acta/read/sql.hpp>
#include <acta/read/table.hpp>

#include "support_memory.hpp"

#include <doctest/doctest.h>

#include <ranges>

namespace {

struct balance {
    std::string id;
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("cents", cents));
    }
};

constexpr auto audit_table = "CREATE TABLE IF NOT EXISTS audit (id TEXT NOT NULL, cents INTEGER, note TEXT)";

}  // namespace

static_assert(std::ranges::input_range<acta::sql_rows<std::string, int>>);

TEST_CASE("statements have bound parameters and typed rows") {
    memory_model model;
    acta::sql db{audit_table};
    model.create(db);
    const std::string id = "ada'); DROP TABLE audit; --";
    db.run("INSERT INTO audit VALUES (?, ?, ?)", id, 5, nullptr);
    db.run("INSERT INTO audit VALUES (?, ?, ?)", "bob", std::optional<std::int64_t>(), std::string_view("late"));
    std::vector<std::string> seen;
    for (const auto& [who, cents, note] :
         db.query<std::string, std::optional<std::int64_t>, std::optional<std::string>>("SELECT id, cents, note FROM audit ORDER BY id"))
        seen.push_back(who + "/" + std::to_string(cents.value_or(-1)) + "/" + note.value_or("-"));
    CHECK(seen == std::vector<std::string>{id + "/5/-", "bob/-1/late"});
}

TEST_CASE("one answers the first row or nothing") {
    memory_model model;
    acta::sql db{audit_table};
    model.create(db);
    db.run("INSERT INTO audit VALUES ('ada', 7, NULL)");
    CHECK(db.one<std::int64_t>("SELECT cents FROM audit WHERE id = ?", "ada") == 7);
    CHECK_FALSE(db.one<std::int64_t>("SELECT cents FROM audit WHERE id = ?", "bob"));
    CHECK(db.one<std::string, int>("SELECT id, cents FROM audit") == std::tuple<std::string, int>("ada", 7));
}

TEST_CASE("the same statement can be running twice") {
    memory_model model;
    acta::sql db{audit_table};
    model.create(db);
    for (int i = 0; i < 3; ++i) db.run("INSERT INTO audit VALUES (?, ?, NULL)", std::to_string(i), i);
    int pairs = 0;
    for (const int a : db.query<int>("SELECT cents FROM audit"))
        for (const int b : db.query<int>("SELECT cents FROM audit")) pairs += a <= b ? 1 : 0;
    CHECK(pairs == 6);
}

TEST_CASE("a query sees the newest rows of the typed tables beside it") {
    memory_model model;
    acta::table<balance, &balance::id> rows{"balance"};
    acta::sql db{audit_table, "CREATE VIEW IF NOT EXISTS everything AS SELECT sum(cents) AS cents FROM BALANCE"};
    model.create(db, rows);
    rows["ada"].cents = 5;
    CHECK(db.one<int>("SELECT sum(cents) FROM Balance") == 5);
    rows["bob"].cents = 6;
    CHECK(db.one<int>("SELECT cents FROM everything") == 11);
    db.run("INSERT INTO audit SELECT id, cents, NULL FROM balance");
    CHECK(db.one<int>("SELECT count(*) FROM audit") == 2);
}

TEST_CASE("what an author may not do is refused with the reason") {
    memory_model model;
    acta::table<balance, &balance::id> rows{"balance"};
    acta::sql db{audit_table};
    model.create(rows, db);
    rows["ada"];
    rows.settle();
    rows.flush();
    const auto refused = [&](const std::string& statement, const char* because) {
        CAPTURE(statement);
        const auto why = sentence_of([&] { db.run(statement); });
        CHECK(has(why, "is refused"));
        CHECK(has(why, because));
    };
    refused("BEGIN", "transactions");
    refused("COMMIT", "transactions");
    refused("ROLLBACK", "transactions");
    refused("SAVEPOINT x", "transactions");
    refused("RELEASE x", "transactions");
    refused("ATTACH 'other.db' AS other", "one file");
    refused("DETACH main", "one file");
    refused("PRAGMA journal_mode=DELETE", "PRAGMA");
    refused("UPDATE balance SET cents = 1", "typed table");
    refused("DELETE FROM BALANCE", "typed table");
    refused("INSERT INTO \"balance\" VALUES ('x', 1)", "typed table");
    refused("INSERT INTO acta_checkpoint VALUES (1, x'', 0, 0, 0, 0)", "acta's own");
    refused("DELETE FROM acta_projection", "acta's own");
    refused("CREATE TABLE later (x)", "constructed with");
    refused("CREATE TEMP TABLE later (x)", "temporary");
    refused("DROP TABLE audit", "nothing else");
    refused("DROP TABLE balance", "nothing else");
    refused("ALTER TABLE audit ADD COLUMN x", "nothing else");
    CHECK(has(sentence_of([&] { (void)db.one<std::string>("SELECT name FROM pragma_table_info('balance')"); }), "not authorized"));
    CHECK(has(sentence_of([&] { db.run("DELETE FROM sqlite_master"); }), "may not be modified"));
    CHECK(has(sentence_of([&] { db.run("SELECT load_extension('x')"); }), "load_extension"));
    CHECK(has(sentence_of([&] { db.run("VACUUM"); }), "VACUUM"));
    CHECK(model.number("SELECT count(*) FROM balance") == 1);
}

TEST_CASE("an author's tables keep away from typed tables and acta's names") {
    memory_model model;
    acta::table<balance, &balance::id> rows{"balance"};
    const auto why_not = [&](const char* statement) {
        acta::sql db{statement};
        return sentence_of([&] { model.create(rows, db); });
    };
    CHECK(has(why_not("CREATE TABLE IF NOT EXISTS acta_more (x)"), "acta's own"));
    CHECK(has(why_not("CREATE TABLE IF NOT EXISTS balance (x)"), "typed table"));
    CHECK(has(why_not("CREATE INDEX IF NOT EXISTS mine ON balance (cents)"), "typed table"));
    CHECK(has(why_not("CREATE TRIGGER IF NOT EXISTS spy AFTER INSERT ON balance BEGIN SELECT 1; END"), "typed table"));
    CHECK(has(why_not("CREATE TABLE sound (x); CREATE TABLE more (x)"), "more than one statement"));
    model.run("CREATE TABLE audit (x)");
    CHECK(has(why_not("DROP TABLE IF EXISTS audit"), "nothing else"));
}

TEST_CASE("a trigger of the author's cannot write to a typed table for him") {
    memory_model model;
    acta::table<balance, &balance::id> rows{"balance"};
    acta::sql db{audit_table, "CREATE TRIGGER IF NOT EXISTS sly AFTER INSERT ON audit BEGIN DELETE FROM balance; END"};
    model.create(rows, db);
    CHECK(has(sentence_of([&] { db.run("INSERT INTO audit VALUES ('x', 1, NULL)"); }), "typed table"));
}

TEST_CASE("a CREATE without IF NOT EXISTS is found when the tables are there already") {
    memory_model model;
    acta::sql first{"CREATE TABLE once (x)"};
    model.create(first);
    acta::sql again{"CREATE TABLE once (x)"};
    CHECK(has(sentence_of([&] { model.create(again); }), "IF NOT EXISTS"));
}

TEST_CASE("wrong numbers of parameters and columns are named") {
    memory_model model;
    acta::sql db{audit_table};
    model.create(db);
    CHECK(has(sentence_of([&] { db.run("INSERT INTO audit VALUES (?, ?, ?)", 1); }), "3 parameters, and 1"));
    CHECK(has(sentence_of([&] { db.run("SELECT 1"); }), "use query"));
    CHECK(has(sentence_of([&] { (void)db.one<int>("SELECT 1, 2"); }), "2 columns"));
    CHECK(has(sentence_of([&] { (void)db.one<int, int>("SELECT 1"); }), "fewer columns"));
    CHECK(has(sentence_of([&] { (void)db.one<int>("SELECT 'x'"); }), "the text 'x'"));
    CHECK(has(sentence_of([&] { db.run("INSERT INTO nowhere VALUES (1)"); }), "no such table"));
    CHECK(has(sentence_of([&] { db.run(""); }), "empty"));
}

TEST_CASE("a statement that fails is the program's mistake, not the disk's") {
    memory_model model;
    acta::sql db{"CREATE TABLE IF NOT EXISTS once (x INTEGER PRIMARY KEY)"};
    model.create(db);
    db.run("INSERT INTO once VALUES (1)");
    for (const char* const wrong :
         {"INSERT INTO once VALUES (1)", "INSERT INTO nowhere VALUES (1)", "SELECT", "ATTACH 'other.db' AS other"}) {
        CAPTURE(wrong);
        acta::errc code{};
        try {
            db.run(wrong);
        } catch (const acta::failure& why) { code = why.code(); }
        CHECK(code == acta::errc::misuse);
    }
}

TEST_CASE("a failed statement leaves the others usable") {
    memory_model model;
    acta::sql db{"CREATE TABLE IF NOT EXISTS once (x INTEGER PRIMARY KEY)"};
    model.create(db);
    db.run("INSERT INTO once VALUES (?)", 1);
    CHECK(has(sentence_of([&] { db.run("INSERT INTO once VALUES (?)", 1); }), "UNIQUE"));
    db.run("INSERT INTO once VALUES (?)", 2);
    CHECK(db.one<int>("SELECT count(*) FROM once") == 2);
}

TEST_CASE("reading, it makes no tables and refuses to write") {
    memory_model model;
    acta::sql live{audit_table};
    model.create(live);
    live.run("INSERT INTO audit VALUES ('ada', 7, NULL)");
    acta::sql shown{audit_table};
    model.read(shown);
    CHECK(shown.one<int>("SELECT cents FROM audit") == 7);
    CHECK(has(sentence_of([&] { shown.run("DELETE FROM audit"); }), "opened for reading"));
}

TEST_CASE("full-text search works, as far as this SQLite has it") {
    memory_model model;
    if (model.number("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'") == 0) {
        MESSAGE("skipped: no fts5");
        return;
    }
    acta::sql db{"CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text)"};
    model.create(db);
    db.run("INSERT INTO words VALUES (?)", "the quick brown fox");
    CHECK(db.one<std::string>("SELECT text FROM words WHERE words MATCH ?", "quick") == "the quick brown fox");
}

TEST_CASE("SQL that no read model knows of says how to name it") {
    acta::sql db{audit_table};
    CHECK(has(sentence_of([&] { db.run("DELETE FROM audit"); }), "tables()"));
}
