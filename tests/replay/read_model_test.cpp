#include <acta/replay/read_model.hpp>
#include <acta/replay/runner.hpp>

#include "replay/model.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

namespace {

using acta::detail::connection;

void make(const acta::log& log, const std::filesystem::path& file) { acta::runner_of<bank::balances>(log, file).catch_up(); }

/// Makes what it makes behind comments.
struct commented {
    static constexpr acta::projection_type projection{"commented", 1};
    using consumes = acta::events<bank::deposited>;
    acta::sql db{"CREATE TABLE IF NOT EXISTS booked (position INTEGER PRIMARY KEY, cents INTEGER NOT NULL) STRICT",
                 "-- large bookings\nCREATE VIEW IF NOT EXISTS large AS SELECT * FROM booked WHERE cents > 103",
                 "/* never */ ; CREATE TRIGGER IF NOT EXISTS less BEFORE DELETE ON booked BEGIN SELECT RAISE(ABORT, 'no'); END"};
    auto tables() { return std::tie(db); }
    void apply(const acta::recorded<bank::deposited>& e) { db.run("INSERT INTO booked VALUES (?, ?)", e.position(), e->cents); }
};

}  // namespace

TEST_CASE("a read model says what it holds") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    const acta::manual_clock clock(acta::timestamp(std::chrono::microseconds(1'234'567)));
    acta::runner_of<bank::balances>(log, dir / "b.db", {.clock = &clock}).catch_up(20);
    const auto info = acta::inspect_read_model(dir / "b.db");
    REQUIRE(info.projections.size() == 1);
    CHECK(info.projections[0].name == "balances");
    CHECK(info.projections[0].revision == 1);
    REQUIRE(info.checkpoint);
    CHECK(info.checkpoint->position == 20);
    CHECK(info.checkpoint->store == log.uuid());
    CHECK(info.checkpoint->entry_checksum == log.checksum_at(20));
    CHECK(info.checkpoint->generation == 1);
    CHECK(info.checkpoint->updated_at == clock.now());
    CHECK(info.dead_letters == 0);
}

TEST_CASE("a typed table is a plain STRICT table with its key and its indexes") {
    acta::sqlite_log log(":memory:");
    const scratch dir;
    make(log, dir / "b.db");
    const connection on((dir / "b.db").string(), SQLITE_OPEN_READWRITE, "", "b.db");
    acta::detail::statement schema(on, "SELECT sql FROM sqlite_schema WHERE name = 'balance'");
    REQUIRE(schema.step());
    CHECK(schema.text(0) == "CREATE TABLE \"balance\" (\"account_id\" TEXT NOT NULL, \"cents\" INTEGER NOT NULL, PRIMARY KEY "
                            "(\"account_id\")) STRICT, WITHOUT ROWID");
    CHECK(on.number("PRAGMA application_id") == 0x61637452);
    CHECK(on.number("PRAGMA user_version") == 1);
    CHECK(on.number("SELECT count(*) FROM sqlite_schema WHERE name = 'acta_owner_by_accounts'") == 1);
}

TEST_CASE("a file that is no read model is refused with a sentence and left as it was") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    const auto refused = [&](const char* name, acta::errc code, const char* says) {
        const std::string before = bytes_of_file(dir / name);
        const auto files = dir.files();
        const auto try_all = {failure_of([&] { make(log, dir / name); }), failure_of([&] { acta::inspect_read_model(dir / name); }),
                              failure_of([&] { acta::reading<bank::balances> now(dir / name); })};
        for (const said& why : try_all) {
            CHECK_MESSAGE(why.code == code, why.text);
            CHECK_MESSAGE(why.has(says), why.text);
            CHECK_MESSAGE(why.has(name), why.text);
        }
        CHECK(bytes_of_file(dir / name) == before);
        CHECK(dir.files() == files);
    };
    write_file(dir / "text.db",
               "This is no database at all, only a text that is somewhat longer than a hundred bytes, so that the header could be in it.");
    refused("text.db", acta::errc::not_a_store, "not an acta read model");
    {
        const connection foreign((dir / "foreign.db").string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "", "foreign.db");
        foreign.run("PRAGMA journal_mode=WAL; CREATE TABLE mine (x); INSERT INTO mine VALUES (1)");
    }
    refused("foreign.db", acta::errc::not_a_store, "another program's SQLite file");
    {
        acta::sqlite_log store(dir / "s.acta");
        fill(store, 1);
    }
    refused("s.acta", acta::errc::not_a_store, "is an acta store, not a read model");
    make(log, dir / "newer.db");
    {
        const connection on((dir / "newer.db").string(), SQLITE_OPEN_READWRITE, "", "newer.db");
        on.run("PRAGMA user_version=2");
    }
    refused("newer.db", acta::errc::newer_format, "upgrade this program");
    make(log, dir / "cut.db");
    std::filesystem::resize_file(dir / "cut.db", std::filesystem::file_size(dir / "cut.db") - 4'096);
    refused("cut.db", acta::errc::damaged, "cut short");
    make(log, dir / "link.db");
    std::filesystem::create_hard_link(dir / "link.db", dir / "second.db");
    refused("link.db", acta::errc::misuse, "hard links");
    std::filesystem::create_symlink(dir / "newer.db", dir / "symbolic.db");
    refused("symbolic.db", acta::errc::misuse, "symbolic link");
    std::filesystem::create_directory(dir / "folder.db");
    CHECK(failure_of([&] { make(log, dir / "folder.db"); }).has("is a directory"));
    const said nowhere = failure_of([&] { make(log, dir / "no" / "such.db"); });
    CHECK(nowhere.code == acta::errc::not_found);
}

TEST_CASE("a read model whose own tables were tampered with is refused") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    make(log, dir / "b.db");
    {
        const connection on((dir / "b.db").string(), SQLITE_OPEN_READWRITE, "", "b.db");
        on.run("ALTER TABLE acta_checkpoint ADD COLUMN more TEXT");
    }
    const said why = failure_of([&] { make(log, dir / "b.db"); });
    CHECK(why.code == acta::errc::damaged);
    CHECK(why.has("acta_checkpoint"));
}

TEST_CASE("a read model that may not be written is refused for running and fine for reading") {
    const bool root = ::geteuid() == 0;  // who may write anything, and plays another user
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    make(log, dir / "b.db");
    REQUIRE(::chmod((dir / "b.db").c_str(), 0444) == 0);
    REQUIRE(::chmod((dir / ".").c_str(), 0555) == 0);
    if (root) REQUIRE(::seteuid(65'534) == 0);
    const said why = failure_of([&] { make(log, dir / "b.db"); });
    const said fresh = failure_of([&] { make(log, dir / "new.db"); });
    const said reading = failure_of([&] { CHECK(acta::inspect_read_model(dir / "b.db").checkpoint->position == 21); });
    if (root) REQUIRE(::seteuid(0) == 0);
    REQUIRE(::chmod((dir / ".").c_str(), 0755) == 0);
    CHECK(why.code == acta::errc::read_only);
    CHECK(why.has("b.db"));
    CHECK(fresh.code == acta::errc::read_only);
    CHECK_MESSAGE(reading.text.empty(), reading.text);
    CHECK(dir.files() == std::vector<std::string>{"b.db"});
}

TEST_CASE("a checkpoint of the write-ahead log that was cut off does not keep a file from being opened") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 300);
    {
        acta::runner_of<bank::balances> run(log, dir / "b.db");
        run.catch_up();
        // As a kill in the middle of a checkpoint leaves it: the first page is copied back, the pages that it promises are not.
        for (const char* const suffix : {"", "-wal"})
            std::filesystem::copy_file((dir / "b.db").string() + suffix, (dir / "killed.db").string() + suffix);
        const std::string log_bytes = bytes_of_file((dir / "b.db").string() + "-wal");
        std::string file = bytes_of_file(dir / "killed.db");
        for (std::size_t frame = 32; frame + 24 + 4'096 <= log_bytes.size(); frame += 24 + 4'096)
            if (log_bytes.compare(frame, 4, std::string("\0\0\0\1", 4)) == 0) file.replace(0, 4'096, log_bytes, frame + 24, 4'096);
        write_file(dir / "killed.db", file);
    }
    acta::runner_of<bank::balances> run(log, dir / "killed.db");
    CHECK(run.position() == log.head());
    CHECK(run.read()->rows.find("ada"));
}

TEST_CASE("what a projection makes behind comments is known for its own") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    for (int i = 0; i < 2; ++i) acta::runner_of<commented>(log, dir / "m.db").catch_up();
    CHECK(acta::reading<commented>(dir / "m.db")->db.one<int>("SELECT count(*) FROM large") == 18);
}
