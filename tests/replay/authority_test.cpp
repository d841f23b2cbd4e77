#include "replay/authority.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

using acta::detail::authority;
using acta::detail::connection;
using acta::detail::speaking;

namespace {

struct watched {
    authority rules;
    connection on{":memory:", SQLITE_OPEN_READWRITE, "", ":memory:"};
    watched() {
        rules.watch(on.handle());
        rules.add_typed_table("Typed");
        on.run("CREATE TABLE typed (x); CREATE TABLE loose (x); CREATE TABLE acta_own (x); CREATE INDEX of_loose ON loose (x)");
    }
    /// Why SQLite refuses to compile it; "fine" when it does not.
    std::string asked(authority::who by, bool defining, const char* sql) {
        rules.listen();
        const speaking turn(rules, by, defining);
        sqlite3_stmt* statement = nullptr;
        const int code = sqlite3_prepare_v2(on.handle(), sql, -1, &statement, nullptr);
        sqlite3_finalize(statement);
        return code == SQLITE_OK ? "fine" : rules.refusal().empty() ? sqlite3_errmsg(on.handle()) : rules.refusal();
    }
};

}  // namespace

TEST_CASE("the host may do everything") {
    watched db;
    CHECK(db.asked(authority::who::host, false, "BEGIN") == "fine");
    CHECK(db.asked(authority::who::host, false, "DROP TABLE typed") == "fine");
    CHECK(db.asked(authority::who::host, false, "DELETE FROM acta_own") == "fine");
}

TEST_CASE("a typed table's own statements write typed tables and nothing else") {
    watched db;
    CHECK(db.asked(authority::who::table, false, "INSERT INTO TYPED VALUES (1)") == "fine");
    CHECK(db.asked(authority::who::table, false, "SELECT * FROM typed") == "fine");
    CHECK(db.asked(authority::who::table, false, "INSERT INTO loose VALUES (1)") == "'loose' is no typed table");
    CHECK(db.asked(authority::who::table, true, "CREATE TABLE more (x)") != "fine");
    CHECK(db.asked(authority::who::table, false, "PRAGMA user_version") != "fine");
}

TEST_CASE("an author writes to what is neither typed nor acta's, and makes tables while he may") {
    watched db;
    CHECK(db.asked(authority::who::author, false, "UPDATE loose SET x = (SELECT max(x) FROM typed)") == "fine");
    CHECK(db.asked(authority::who::author, false, "UPDATE tYpEd SET x = 1") != "fine");
    CHECK(db.asked(authority::who::author, false, "UPDATE ACTA_OWN SET x = 1") != "fine");
    CHECK(db.asked(authority::who::author, false, "CREATE TABLE more (x)") != "fine");
    CHECK_FALSE(db.rules.made_something());
    CHECK(db.asked(authority::who::author, true, "CREATE TABLE more (x UNIQUE)") == "fine");
    CHECK(db.rules.made_something());
    CHECK(db.asked(authority::who::author, true, "CREATE INDEX more ON loose (x)") == "fine");
    CHECK(db.asked(authority::who::author, true, "CREATE VIEW more AS SELECT * FROM typed") == "fine");
    CHECK(db.asked(authority::who::author, true, "CREATE VIEW Acta_more AS SELECT 1") != "fine");
    CHECK(db.asked(authority::who::author, true, "REINDEX") != "fine");
    CHECK(db.asked(authority::who::author, true, "ANALYZE") != "fine");
}
