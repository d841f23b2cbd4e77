// SQLite with owners: errors become sentences, statements and connections end with theirs.
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/database.hpp>

#include <cerrno>
#include <limits>

using namespace acta;
using namespace acta::detail;
using namespace tests;

namespace {

connection in_memory() { return {":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "", "bank.acta"}; }

}  // namespace

TEST_CASE("each SQLite result code has its own place among our codes") {
    CHECK(code_of(SQLITE_FULL) == errc::disk_full);
    CHECK(code_of(SQLITE_BUSY) == errc::busy);
    CHECK(code_of(SQLITE_BUSY_SNAPSHOT) == errc::busy);
    CHECK(code_of(SQLITE_LOCKED) == errc::busy);
    CHECK(code_of(SQLITE_READONLY_DBMOVED) == errc::read_only);
    CHECK(code_of(SQLITE_PERM) == errc::read_only);
    CHECK(code_of(SQLITE_CORRUPT_INDEX) == errc::damaged);
    CHECK(code_of(SQLITE_NOTADB) == errc::not_a_store);
    CHECK(code_of(SQLITE_TOOBIG) == errc::too_large);
    CHECK(code_of(SQLITE_MISUSE) == errc::misuse);
    CHECK(code_of(SQLITE_IOERR_FSYNC) == errc::io);
    CHECK(code_of(SQLITE_CANTOPEN) == errc::io);
    CHECK(code_of(SQLITE_ERROR) == errc::io);
}

TEST_CASE("a failure names the file, the reason, the statement and what to do") {
    const connection on = in_memory();
    const failure wrong = thrown_by([&] { statement(on, "SELECT nonsense FROM nowhere"); });
    CHECK(says(wrong, "bank.acta: "));
    CHECK(says(wrong, "nowhere"));
    on.run("CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES (1)");
    const failure twice = thrown_by([&] { statement(on, "INSERT INTO t VALUES (?)").bind(1, std::int64_t{1}).finish(); });
    CHECK(says(twice, "UNIQUE"));
    CHECK(says(twice, "INSERT INTO t"));
    CHECK(says(thrown_by([&] { statement(on, "SELECT ?").bind(2, std::int64_t{1}); }), "binding a number"));
}

TEST_CASE("a file that cannot be opened is a failure, and its handle is closed") {
    const folder here;
    for (int i = 0; i < 3'000; ++i)  // more than there may be open files
        CHECK(thrown_by([&] { connection((here / "missing/x").string(), SQLITE_OPEN_READWRITE, "", "x"); }).code() == errc::io);
    CHECK(says(thrown_by([&] { connection((here / "x").string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "no such vfs", "x"); }),
               "no such vfs"));
}

TEST_CASE("out of memory is bad_alloc, not a failure, unless there is plenty: then damaged bytes asked for too much") {
    const connection on = in_memory();
    CHECK_THROWS_AS(on.fail(SQLITE_NOMEM, "x"), std::bad_alloc);
    CHECK_THROWS_AS(on.fail(SQLITE_NOMEM, "x", ENOMEM), std::bad_alloc);
    CHECK_THROWS_AS(on.fail(SQLITE_IOERR_NOMEM, "x", ENOMEM), std::bad_alloc);  // SQLite calls that one a failed input or output
    sqlite3_hard_heap_limit64(64 << 20);
    CHECK_THROWS_AS(on.fail(SQLITE_NOMEM, "x", 0), std::bad_alloc);
    sqlite3_hard_heap_limit64(0);
    sqlite3_soft_heap_limit64(0);  // the hard one had lowered it
    CHECK_THROWS_AS(on.fail(SQLITE_NOMEM, "x", 0), failure);
}

TEST_CASE("values go in and come out as they were, empty ones too") {
    const connection on = in_memory();
    statement query(on, "SELECT ?1, ?2, ?3, ?4, typeof(?2), typeof(?3)");
    const std::string text("a\0b", 3);
    const bool row = query.bind(1, std::numeric_limits<std::int64_t>::min()).bind(2, text).bind(3, bytes_of(text)).bind_null(4).step();
    REQUIRE(row);
    CHECK(query.number(0) == std::numeric_limits<std::int64_t>::min());
    CHECK(query.text(1) == text);
    CHECK(text_of(query.blob(2)) == text);
    CHECK(query.is_null(3));
    CHECK(query.text(3).empty());
    CHECK(query.blob(3).empty());
    query.reset();
    REQUIRE(query.bind(2, std::string_view()).bind(3, byte_span()).step());
    CHECK_FALSE(query.is_null(1));
    CHECK_FALSE(query.is_null(2));
    CHECK(query.text(4) == "text");
    CHECK(query.text(5) == "blob");
    CHECK_FALSE(query.step());
}

TEST_CASE("a statement that fails is reset and may be used again") {
    const connection on = in_memory();
    on.run("CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT");
    statement insert(on, "INSERT INTO t VALUES (?)");
    insert.bind(1, std::int64_t{1}).finish();
    CHECK_THROWS_AS(insert.finish(), failure);
    insert.bind(1, std::int64_t{2}).finish();
    CHECK(on.number("SELECT count(*) FROM t") == 2);
}

TEST_CASE("moving hands a statement or a connection over, and ends what it replaces") {
    connection first = in_memory();
    first.run("CREATE TABLE t (x)");
    connection second = std::move(first);
    CHECK_FALSE(static_cast<bool>(first));
    CHECK(second.number("SELECT count(*) FROM t") == 0);
    second = in_memory();
    CHECK_THROWS_AS(second.number("SELECT count(*) FROM t"), failure);
    statement one(second, "SELECT 1"), two(second, "SELECT 2");
    one = std::move(two);
    REQUIRE(one.step());
    CHECK(one.number(0) == 2);
    CHECK(second.number("SELECT 7") == 7);
    CHECK(second.number("SELECT 7 WHERE 0") == 0);
}

TEST_CASE("a reading that ends by exception leaves no open row behind") {
    const connection on = in_memory();
    on.run("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)");
    statement query(on, "SELECT x FROM t");
    try {
        const reset_at_exit reset(query);
        REQUIRE(query.step());
        throw std::runtime_error("x");
    } catch (const std::runtime_error&) {}
    CHECK(sqlite3_next_stmt(on.handle(), nullptr) != nullptr);
    CHECK(sqlite3_stmt_busy(sqlite3_next_stmt(on.handle(), nullptr)) == 0);
}
