// The gathered write-ahead log: fewer writes, the same bytes, nothing visible before the sync, faults as they come.
#include "store/database.hpp"
#include "store/gathering_vfs.hpp"
#include "support/faulty_vfs.hpp"
#include "support/reading.hpp"
#include "support/temporary.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace acta;
using namespace acta::detail;
using namespace tests;

namespace {

constexpr int create = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

/// A connection that writes through the gathering VFS, with a table `t`.
connection writing_connection(const std::filesystem::path& file, const gathering_vfs& through) {
    connection on(file.string(), create, through.name(), file.string());
    on.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; CREATE TABLE IF NOT EXISTS t (x)");
    return on;
}

void insert_pages(const connection& on, int pages) {
    for (int i = 0; i < pages; ++i) on.run("INSERT INTO t VALUES (randomblob(3900))");
}

std::int64_t count(const std::filesystem::path& file) {
    return connection(file.string(), SQLITE_OPEN_READWRITE, {}, file.string()).number("SELECT count(*) FROM t");
}

}  // namespace

TEST_CASE("the pages of a transaction reach the write-ahead log in few writes, and before its commit is answered") {
    const folder here;
    faulty_vfs below;
    int writes = 0, syncs = 0, writes_after_sync = 0;
    const gathering_vfs through(below.name());
    const connection on = writing_connection(here / "t", through);
    below.fault = [&](faulty_vfs::call what, std::string_view file) {
        if (file == "-wal" && what == faulty_vfs::call::write) ++writes, ++writes_after_sync;
        if (file == "-wal" && what == faulty_vfs::call::sync) ++syncs, writes_after_sync = 0;
        return SQLITE_OK;
    };
    on.run("BEGIN");
    insert_pages(on, 60);
    on.run("COMMIT");
    CHECK(syncs == 1);
    CHECK(writes >= 2);  // 60 pages are more than one piece
    CHECK(writes <= 4);
    CHECK(writes_after_sync == 0);
    CHECK(count(here / "t") == 60);
}

TEST_CASE("a transaction larger than SQLite's cache reads back what it has written") {
    const folder here;
    const gathering_vfs through("");
    const connection on = writing_connection(here / "t", through);
    on.run("PRAGMA cache_size=8; BEGIN");
    insert_pages(on, 200);
    CHECK(on.number("SELECT count(*) FROM t WHERE length(x) = 3900") == 200);
    CHECK(count(here / "t") == 0);
    on.run("UPDATE t SET x = zeroblob(3900)");
    on.run("COMMIT");
    CHECK(connection((here / "t").string(), SQLITE_OPEN_READWRITE, {}, "t").number("SELECT count(*) FROM t WHERE x = zeroblob(3900)") ==
          200);
}

TEST_CASE("what was rolled back after it was gathered is not there afterwards") {
    const folder here;
    const gathering_vfs through("");
    const connection on = writing_connection(here / "t", through);
    on.run("PRAGMA cache_size=8; BEGIN");
    insert_pages(on, 100);
    on.run("ROLLBACK; INSERT INTO t VALUES (1)");
    CHECK(count(here / "t") == 1);
    CHECK(on.number("SELECT count(*) FROM t") == 1);
}

TEST_CASE("what a rolled back transaction has spilled is never written over what others have committed since") {
    for (int pages = 10; pages <= 50; pages += 5) {
        CAPTURE(pages);
        const folder here;
        const gathering_vfs through("");
        const connection on = writing_connection(here / "t", through);
        CHECK(sqlite3_wal_checkpoint_v2(on.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr) == SQLITE_OK);
        on.run("PRAGMA cache_size=8; BEGIN IMMEDIATE");
        insert_pages(on, pages);
        on.run("ROLLBACK");
        gathering_vfs::forget(on.handle());
        {
            const connection other((here / "t").string(), SQLITE_OPEN_READWRITE, {}, "t");  // as another process is
            other.run("PRAGMA wal_autocheckpoint=0");
            other.set(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            for (int i = 0; i < 25; ++i) other.run("INSERT INTO t VALUES (zeroblob(3900))");
        }
        CHECK(on.number("SELECT count(*) FROM t WHERE x = zeroblob(3900)") == 25);
        for (const char* const suffix : {"", "-wal"})  // as a crash leaves them
            std::filesystem::copy_file((here / "t").string() + suffix, (here / "crashed").string() + suffix);
        CHECK(count(here / "crashed") == 25);
    }
}

TEST_CASE("over a disk that may tear what lies beside a write nothing is gathered, and others read what is committed") {
    const folder here;
    faulty_vfs below;
    below.powersafe = false;
    const gathering_vfs through(below.name());
    const connection on = writing_connection(here / "t", through);
    const connection other((here / "t").string(), SQLITE_OPEN_READWRITE, below.name(), "t");
    for (int i = 1; i <= 20; ++i) {
        on.run("INSERT INTO t VALUES (randomblob(900))");
        CHECK(other.number("SELECT count(*) FROM t") == i);
    }
}

TEST_CASE("a write that fails fails its transaction, wherever it is, and the next one is stored") {
    const folder here;
    faulty_vfs below;
    int left = 0;
    const gathering_vfs through(below.name());
    const connection on = writing_connection(here / "t", through);
    for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL}) {
        for (int fails_at = 0; fails_at < 3; ++fails_at) {
            left = fails_at;
            below.fault = [&](faulty_vfs::call what, std::string_view file) {
                return what == faulty_vfs::call::write && file == "-wal" && left-- == 0 ? code : SQLITE_OK;
            };
            on.run("BEGIN");
            insert_pages(on, 70);
            CHECK_THROWS_AS(on.run("COMMIT"), failure);
            below.heal();
            if (sqlite3_get_autocommit(on.handle()) == 0) on.run("ROLLBACK");
            CHECK(on.number("SELECT count(*) FROM t") == 0);
        }
    }
    on.run("INSERT INTO t VALUES (1)");
    CHECK(count(here / "t") == 1);
}

TEST_CASE("copying back reads what was gathered, and the log begins anew") {
    const folder here;
    const gathering_vfs through("");
    const connection on = writing_connection(here / "t", through);
    for (int round = 1; round <= 3; ++round) {
        on.run("BEGIN");
        insert_pages(on, 40);
        on.run("COMMIT");
        CHECK(sqlite3_wal_checkpoint_v2(on.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr) == SQLITE_OK);
        CHECK(count(here / "t") == 40 * round);
        statement check(on, "PRAGMA integrity_check");
        REQUIRE(check.step());
        CHECK(check.text(0) == "ok");
    }
}

TEST_CASE("a VFS that is not there is named") {
    CHECK(says(thrown_by([] { const gathering_vfs nowhere("nowhere"); }), "'nowhere'"));
}
