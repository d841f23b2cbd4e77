#include "replay/difference.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

using acta::table_difference;
using acta::detail::connection;

namespace {

/// Two read models, each with the tables that its SQL makes.
struct two {
    scratch dir;
    two(const char* live, const char* fresh) {
        make("live.db", live);
        make("fresh.db", fresh);
    }
    void make(const char* name, const char* sql) const {
        { const acta::detail::model made(dir / name, acta::detail::access::run, {}); }
        const connection on((dir / name).string(), SQLITE_OPEN_READWRITE, "", name);
        on.run(sql);
    }
    std::vector<table_difference> compare(std::size_t samples = 5) const {
        return acta::detail::two_models(dir / "live.db", dir / "fresh.db").compare(samples);
    }
};

std::string text(const table_difference& of) {
    std::string out = of.table + " +" + std::to_string(of.added) + " ~" + std::to_string(of.changed) + " -" + std::to_string(of.removed);
    for (const auto& each : of.samples) out += " [" + each.before + "=>" + each.after + "]";
    return out;
}

}  // namespace

TEST_CASE("rows are told apart by their keys, of one column or several, and NULL is a value like others") {
    const two models("CREATE TABLE t (a INTEGER, b TEXT, v REAL, w BLOB, PRIMARY KEY (a, b)); "
                     "INSERT INTO t VALUES (1, 'x', 1.5, NULL), (1, 'y', NULL, NULL), (2, 'x', 2, x'00ff')",
                     "CREATE TABLE t (a INTEGER, b TEXT, v REAL, w BLOB, PRIMARY KEY (a, b)); "
                     "INSERT INTO t VALUES (1, 'x', 1.5, NULL), (1, 'y', NULL, x'0a'), (2, 'z\"', 2, NULL)");
    const auto found = models.compare();
    REQUIRE(found.size() == 1);
    CHECK(text(found[0]) == R"(t +1 ~1 -1 [=>{"a":2,"b":"z\"","v":2.0,"w":null}] [{"a":2,"b":"x","v":2.0,"w":"00ff"}=>] )"
                            R"([{"a":1,"b":"y","v":null,"w":null}=>{"a":1,"b":"y","v":null,"w":"0a"}])");
    CHECK(models.compare(0)[0].samples.empty());
    CHECK(models.compare(0)[0].changed == 1);
}

TEST_CASE("tables that are the same, and acta's own, are not mentioned") {
    const two models("CREATE TABLE \"odd \"\"name\" (k PRIMARY KEY); INSERT INTO \"odd \"\"name\" VALUES (1)",
                     "CREATE TABLE \"odd \"\"name\" (k PRIMARY KEY); INSERT INTO \"odd \"\"name\" VALUES (1); "
                     "INSERT INTO acta_read_model VALUES ('x', 'y')");
    CHECK(models.compare().empty());
}

TEST_CASE("a table that comes, one that goes, and one with other columns are told as such") {
    const two models("CREATE TABLE goes (k INTEGER PRIMARY KEY); INSERT INTO goes VALUES (1), (2); CREATE TABLE other (k PRIMARY KEY, v); "
                     "INSERT INTO other VALUES (1, 2)",
                     "CREATE TABLE comes (k INTEGER PRIMARY KEY); INSERT INTO comes VALUES (1); CREATE TABLE other (k PRIMARY KEY, v, w)");
    const auto found = models.compare();
    REQUIRE(found.size() == 3);
    CHECK(text(found[0]) == "comes +1 ~0 -0");
    CHECK(text(found[1]) == "other +0 ~0 -1");
    CHECK(text(found[2]) == "goes +0 ~0 -2");
    for (const table_difference& each : found) CHECK(each.columns_differ);
}

TEST_CASE("a table without a key is compared by whole rows") {
    const two models("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (3, NULL)",
                     "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (3, 4)");
    CHECK(text(models.compare()[0]) == R"(t +1 ~0 -1 [=>{"a":3,"b":4}] [{"a":3,"b":null}=>])");
}

TEST_CASE("in a table without a key it counts how often a row is there") {
    const two models("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, NULL), (1, NULL), (1, NULL), (2, 2), (3, 'x'), (4, 4)",
                     "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, NULL), (2, 2), (2, 2), (3, 'x'), (4, 4.0)");
    const auto found = models.compare();
    REQUIRE(found.size() == 1);
    CHECK(text(found[0]) == R"(t +2 ~0 -3 [=>{"a":2,"b":2}] [=>{"a":4,"b":4.0}])"
                            R"( [{"a":1,"b":null}=>] [{"a":1,"b":null}=>] [{"a":4,"b":4}=>])");
}

TEST_CASE("values are the same to the byte, whatever a column's collation says") {
    const two models("CREATE TABLE t (k TEXT PRIMARY KEY COLLATE NOCASE, v TEXT COLLATE NOCASE, w); "
                     "INSERT INTO t VALUES ('a', 'x', 1), ('b', 'x', 1), ('c', 'x', 1), ('d', 'x', 1); "
                     "CREATE TABLE u (v TEXT COLLATE NOCASE); INSERT INTO u VALUES ('x')",
                     "CREATE TABLE t (k TEXT PRIMARY KEY COLLATE NOCASE, v TEXT COLLATE NOCASE, w); "
                     "INSERT INTO t VALUES ('a', 'X', 1), ('b', 'x', 1.0), ('C', 'x', 1), ('d', 'x', 1); "
                     "CREATE TABLE u (v TEXT COLLATE NOCASE); INSERT INTO u VALUES ('X')");
    const auto found = models.compare(0);
    REQUIRE(found.size() == 2);
    CHECK(text(found[0]) == "t +0 ~3 -0");
    CHECK(text(found[1]) == "u +1 ~0 -1");
}

TEST_CASE("what is seen of the live rows is fixed when it begins") {
    const two models("CREATE TABLE t (k INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)", "CREATE TABLE t (k INTEGER PRIMARY KEY)");
    const acta::detail::two_models both(models.dir / "live.db", models.dir / "fresh.db");
    {
        const connection on((models.dir / "live.db").string(), SQLITE_OPEN_READWRITE, "", "live.db");
        on.run("INSERT INTO t VALUES (2)");
    }
    CHECK(text(both.compare(0)[0]) == "t +0 ~0 -1");
}
