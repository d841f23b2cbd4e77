// The WAL-reset race of SQLite (all versions from 3.7.0 to 3.51.2 but a few; sqlite.org/wal.html, "The WAL-Reset Bug"), played out step by
// step: it loses acknowledged appends to a passive checkpoint beside a writer, and it cannot reach our own.
#include <acta/store/sqlite.hpp>

#include "support/faulty_vfs.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <thread>

using namespace acta;
using namespace tests;

namespace {

using raw_connection = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

/// A connection of somebody who knows nothing of acta.
raw_connection outsider(const std::filesystem::path& file, const faulty_vfs& vfs) {
    sqlite3* opened = nullptr;
    REQUIRE(sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, vfs.name().c_str()) == SQLITE_OK);
    raw_connection on(opened, &sqlite3_close);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    REQUIRE(sqlite3_exec(opened, "PRAGMA wal_autocheckpoint=0; SELECT count(*) FROM entry", nullptr, nullptr, nullptr) == SQLITE_OK);
    return on;
}

std::vector<new_event> padded(int count) {
    std::vector<new_event> events;
    for (int i = 0; i < count; ++i) events.emplace_back(deposited{i} | with("padding", std::string(3'000, 'x')));
    return events;
}

/// As another program finds it, after whatever was in memory is gone.
position readable_events(const std::filesystem::path& file) {
    try {
        const folder other;
        std::filesystem::copy_file(file, other / "copy.acta");
        if (std::filesystem::exists(file.string() + "-wal")) std::filesystem::copy_file(file.string() + "-wal", other / "copy.acta-wal");
        return static_cast<position>(read_all(sqlite_log(other / "copy.acta")).size());
    } catch (const failure& why) {
        CHECK(why.code() == errc::damaged);
        return -1;
    }
}

bool has_the_bug() {
    const int version = sqlite3_libversion_number();
    const bool mended =
        version >= 3'051'003 || (version >= 3'050'007 && version < 3'051'000) || (version >= 3'044'006 && version < 3'045'000);
    return !mended;
}

}  // namespace

TEST_CASE("a passive checkpoint beside a writer loses acknowledged appends with an SQLite that has the race") {
    if (!has_the_bug()) {
        MESSAGE("this SQLite is mended: " << sqlite3_libversion());
        return;
    }
    int lost_at = 0, steps = 0;
    for (int step = 1; step <= 12 && lost_at == 0; ++step) {
        const folder here;
        faulty_vfs vfs;
        sqlite_log to(here / "bank.acta", {.vfs = vfs.name(), .checkpoint_pages = 1});  // each append is copied back at once
        REQUIRE(to.append(account("ada"), any, padded(10)));
        const raw_connection checkpointing = outsider(here / "bank.acta", vfs);
        REQUIRE(to.append(account("ada"), any, padded(40)));

        position acknowledged = 50;
        steps = 0;
        vfs.interlude = [&] {
            if (++steps != step) return;
            REQUIRE(to.append(account("ada"), any, {deposited{1}}));  // begins the write-ahead log anew, behind the checkpoint's back
            ++acknowledged;
        };
        sqlite3_wal_checkpoint_v2(checkpointing.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        vfs.interlude = [] {};
        try {
            for (int i = 0; i < 100; ++i, ++acknowledged) (void)to.append(account("ada"), any, {deposited{i}}).value();
        } catch (const failure& why) { CHECK(why.code() == errc::damaged); }
        if (readable_events(here / "bank.acta") != acknowledged) lost_at = step;
    }
    MESSAGE("lost by a commit at step " << lost_at << " of the passive checkpoint's " << steps);
    CHECK(lost_at > 0);
}

TEST_CASE("whoever commits at whichever step of an append and of its checkpoint, nothing that was acknowledged is lost") {
    const folder here;
    faulty_vfs vfs;
    sqlite_log to(here / "bank.acta", {.vfs = vfs.name(), .checkpoint_pages = 1});
    REQUIRE(to.append(account("ada"), any, padded(10)));
    const raw_connection other = outsider(here / "bank.acta", vfs);
    int steps = 0, step = 1, stored = 0, turned_away = 0;
    vfs.interlude = [&] {
        if (++steps != step) return;
        const std::string sql =
            "INSERT INTO tag (id, name, checksum) VALUES (" + std::to_string(step) + ", 'step:" + std::to_string(step) + "', 0)";
        const int code = sqlite3_exec(other.get(), sql.c_str(), nullptr, nullptr, nullptr);
        if (code != SQLITE_OK && code != SQLITE_PROTOCOL) CHECK((code & 0xff) == SQLITE_BUSY);
        code == SQLITE_OK ? ++stored : ++turned_away;
    };
    for (steps = step; steps >= step; ++step) {
        steps = 0;
        REQUIRE(to.append(account("ada"), any, padded(1 + step % 7)));
    }
    vfs.interlude = [] {};
    MESSAGE((step - 2) << " steps: " << stored << " commits of the other, " << turned_away << " turned away");
    CHECK(stored > 0);
    CHECK(turned_away > 0);
    CHECK(readable_events(here / "bank.acta") == to.head());
    CHECK(shell(here / "bank.acta").ask("SELECT count(*) FROM tag") == std::to_string(stored));
    CHECK(shell(here / "bank.acta").ask("PRAGMA integrity_check") == "ok");
}

TEST_CASE("the write-ahead log is copied back by whoever appends, within an append or at the end, and by nobody else") {
    const folder here;
    faulty_vfs vfs;
    const auto appending = std::this_thread::get_id();
    bool may_copy = true;  // the store is made
    int copied = 0, wrongly = 0;
    vfs.fault = [&](faulty_vfs::call what, std::string_view file) {
        if (what == faulty_vfs::call::write && file.empty()) {
            ++copied;
            if (!may_copy || std::this_thread::get_id() != appending) ++wrongly;
        }
        return SQLITE_OK;
    };
    {
        sqlite_log to(here / "bank.acta", {.vfs = vfs.name(), .checkpoint_pages = 8});
        for (int i = 0; i < 60; ++i) {
            may_copy = true;
            REQUIRE(to.append(account("ada"), any, padded(2)));
            may_copy = false;
            REQUIRE(read_all(to, account("ada")).size() == static_cast<std::size_t>(2 * (i + 1)));
            REQUIRE(to.head() == 2 * (i + 1));
        }
        copied = 0;
        may_copy = true;
        REQUIRE(to.append(account("ada"), any, padded(40)));
        CHECK(copied > 0);
    }
    CHECK(wrongly == 0);
}

TEST_CASE("a consumer that sleeps between its pages during a long load does not make the write-ahead log grow") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.checkpoint_pages = 50});
    REQUIRE(to.append(account("ada"), any, padded(100)));
    cursor slow = to.read();
    auto at = slow.begin();
    std::uintmax_t largest = 0;
    for (int i = 0; i < 400; ++i) {
        REQUIRE(to.append(account("ada"), any, padded(5)));
        if (i % 10 == 0 && at != slow.end()) ++at;
        largest = std::max(largest, std::filesystem::file_size(here / "bank.acta-wal"));
    }
    MESSAGE("largest " << largest / 1'024 << " KiB for " << std::filesystem::file_size(here / "bank.acta") / 1'024 << " KiB written");
    CHECK(largest < 2 << 20);
}
