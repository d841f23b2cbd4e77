// Disks that fail: what an append answers is what is stored, also after a crash.
#include <acta/store/sqlite.hpp>

#include "support/faulty_vfs.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/schema.hpp>
#include <store/writer.hpp>

#include <sys/mount.h>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>

using namespace acta;
using namespace tests;

namespace {

using call = faulty_vfs::call;

/// How often each number was deposited.
std::map<std::int64_t, int> deposited_in(const acta::log& of) {
    std::map<std::int64_t, int> out;
    position next = 0;
    for (const stored_event& event : of.read()) {
        deposited one;
        codec_of<deposited>().decode(event.payload, &one);
        ++out[one.cents];
        REQUIRE(event.position == ++next);
    }
    return out;
}

/// What is there when every process dies now and another one opens the store.
std::map<std::int64_t, int> after_crash(const std::filesystem::path& file) {
    const folder other;
    std::filesystem::copy_file(file, other / "copy.acta");
    if (std::filesystem::exists(file.string() + "-wal")) std::filesystem::copy_file(file.string() + "-wal", other / "copy.acta-wal");
    return deposited_in(sqlite_log(other / "copy.acta"));
}

int code_of(call what, bool full) {
    switch (what) {
    case call::open: return SQLITE_CANTOPEN;
    case call::read: return SQLITE_IOERR_READ;
    case call::write: return full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case call::truncate: return SQLITE_IOERR_TRUNCATE;
    case call::sync: return SQLITE_IOERR_FSYNC;
    case call::lock: return SQLITE_IOERR_LOCK;
    case call::lock_index: return SQLITE_IOERR_SHMLOCK;
    case call::map_index: return full ? SQLITE_IOERR_SHMSIZE : SQLITE_IOERR_SHMMAP;
    }
    return SQLITE_ERROR;
}

/// A writer that is the only one to have the store open, so that opening it anew recovers the write-ahead log.
detail::writer lonely_writer(const std::filesystem::path& file, const faulty_vfs& vfs, const options& how) {
    const auto open = [file, name = vfs.name()] {
        detail::connection on(file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, name, file.string());
        detail::harden(on);
        if (on.number("PRAGMA application_id") == 0) {
            detail::make_store(on, command_id::uuid{}, 0);
            on.run("PRAGMA journal_mode=WAL");
        }
        on.run("PRAGMA synchronous=FULL");
        return on;
    };
    return {open, detail::turnstile(), how};
}

std::vector<append_result> append(detail::writer& to, std::int64_t cents) {
    const append_request one = request(account("ada"), any, {deposited{cents}});
    detail::append_job job{std::span(&one, 1)};
    detail::append_job* const alone = &job;
    to.write([&](bool) { return std::span(&alone, 1); });
    if (job.error) std::rethrow_exception(job.error);
    return job.answers;
}

}  // namespace

TEST_CASE("a commit that cannot be written is an error and nothing else, and the next append works") {
    const faulty_vfs unused;
    for (const bool full : {false, true}) {
        const folder here;
        faulty_vfs vfs;
        sqlite_log to(here / "bank.acta", {.vfs = vfs.name()});
        REQUIRE(to.append(account("ada"), none, {deposited{1}}));
        vfs.fault = [full](call what, std::string_view) { return what == call::write ? code_of(what, full) : SQLITE_OK; };
        const failure why = thrown_by([&] { (void)to.append(account("ada"), exactly(1), {deposited{2}}); });
        CHECK(why.code() == (full ? errc::disk_full : errc::unknown_outcome));  // a disk that writes nothing at all lets nobody make sure
        CHECK(says(why, "bank.acta"));
        CHECK(to.head() == 1);
        vfs.heal();
        CHECK(to.append(account("ada"), exactly(1), {deposited{3}})->first_position == 2);
        CHECK(deposited_in(to) == std::map<std::int64_t, int>{{1, 1}, {3, 1}});
        CHECK(after_crash(here / "bank.acta") == deposited_in(to));
    }
}

TEST_CASE("a limit that an earlier append met does not explain away a commit that nobody can tell of") {
    const folder here;
    faulty_vfs vfs;
    sqlite_log to(here / "bank.acta", {.vfs = vfs.name()});
    const auto fail_with = [&](int number) {
        vfs.fault = [number](call what, std::string_view) {
            if (what != call::write) return SQLITE_OK;
            errno = number;
            return SQLITE_IOERR_WRITE;
        };
    };
    fail_with(EFBIG);
    std::vector<new_event> large;  // more than the cache holds: written before its COMMIT
    for (int i = 0; i < 400; ++i) large.emplace_back(attached{std::vector<std::byte>(50'000)});
    CHECK(thrown_by([&] { (void)to.append(account("ada"), any, std::move(large)); }).code() == errc::disk_full);
    fail_with(EIO);
    CHECK(thrown_by([&] { (void)to.append(account("ada"), any, {deposited{1}}); }).code() == errc::unknown_outcome);
}

TEST_CASE("a commit that was written and not synced, and is answered with an error, does not come to life in a crash") {
    for (const int events : {1, 2'000}) {
        const folder here;
        int syncs = 0;  // outlives the log, which syncs when it is closed
        faulty_vfs vfs;
        sqlite_log to(here / "bank.acta", {.vfs = vfs.name()});
        REQUIRE(to.append(account("ada"), none, {deposited{1}}));
        vfs.fault = [&](call what, std::string_view file) {
            return what == call::sync && file == "-wal" && ++syncs == 1 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
        };
        const failure why = thrown_by([&] { (void)to.append(account("ada"), exactly(1), deposits(static_cast<std::size_t>(events))); });
        CHECK(why.code() == errc::io);
        CHECK(says(why, "bank.acta"));
        CHECK(after_crash(here / "bank.acta") == std::map<std::int64_t, int>{{1, 1}});
        CHECK(to.append(account("ada"), exactly(1), {deposited{3}})->first_position == 2);
        CHECK(deposited_in(to) == std::map<std::int64_t, int>{{1, 1}, {3, 1}});
        CHECK(after_crash(here / "bank.acta") == deposited_in(to));
    }
}

TEST_CASE("a commit for which only the shared index has no room does not come to life in a crash") {
    for (const bool once : {true, false}) {
        const folder here;
        faulty_vfs vfs;
        sqlite_log to(here / "bank.acta", {.vfs = vfs.name(), .checkpoint_pages = 1'000'000});
        const auto append = [&](std::int64_t number) {  // about a hundred pages; the index grows every four thousand
            std::vector<new_event> events{deposited{number}};
            for (int i = 0; i < 50; ++i)
                events.emplace_back(deposited{1'000'000 + number * 100 + i} | with("padding", std::string(8'000, 'x')));
            return to.append(account("ada"), any, std::move(events)).has_value();
        };
        REQUIRE(append(0));
        vfs.fault = [once, failed = false](call what, std::string_view) mutable {
            if (what != call::map_index || (failed && once)) return SQLITE_OK;
            failed = true;
            return SQLITE_IOERR_SHMSIZE;
        };
        std::int64_t number = 0;
        const failure why = thrown_by([&] {
            while (number < 98 && append(++number)) {}
        });
        CHECK(why.code() == (once ? errc::disk_full : errc::unknown_outcome));
        CHECK(after_crash(here / "bank.acta").contains(number - 1));
        if (once) CHECK_FALSE(after_crash(here / "bank.acta").contains(number));
        vfs.heal();
        REQUIRE(append(99));
        CHECK(deposited_in(to) == after_crash(here / "bank.acta"));
        if (once) CHECK_FALSE(deposited_in(to).contains(number));
    }
}

TEST_CASE("a clock that throws stops that append and no other") {
    struct broken_clock final : clock {
        mutable bool broken = false;
        timestamp now() const override { return broken ? throw std::runtime_error("no time") : clock::system().now(); }
    } clock;
    sqlite_log to(":memory:", {.clock = &clock});
    REQUIRE(to.append(account("ada"), none, {deposited{1}}));
    clock.broken = true;
    CHECK_THROWS_AS((void)to.append(account("ada"), any, {deposited{2}}), std::runtime_error);
    clock.broken = false;
    CHECK(to.append(account("ada"), exactly(1), {deposited{3}}));
}

TEST_CASE("a commit that answered with an error and is durable all the same is answered as stored, and stored once") {
    const folder here;
    const auto file = here / "bank.acta";
    manual_clock clock{timestamp(std::chrono::seconds(1'000))};
    int syncs = 0;  // outlives the writer, which syncs when it is closed
    faulty_vfs vfs;
    auto to = lonely_writer(file, vfs, {.clock = &clock});
    REQUIRE(append(to, 1).front());
    vfs.fault = [&](call what, std::string_view kind) {
        return what == call::sync && kind == "-wal" && ++syncs == 1 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    };
    const auto answer = append(to, 2);
    REQUIRE(answer.front());
    CHECK(answer.front()->first_position == 2);
    CHECK(answer.front()->version() == 2);

    const folder other;  // copied back and synced once more, so that the answer does not hang on the log whose sync failed
    std::filesystem::copy_file(file, other / "copy.acta");
    CHECK(deposited_in(sqlite_log(other / "copy.acta")) == std::map<std::int64_t, int>{{1, 1}, {2, 1}});

    clock.set(timestamp(std::chrono::seconds(5)));
    CHECK(append(to, 3).front()->first_position == 3);
    CHECK(after_crash(file) == std::map<std::int64_t, int>{{1, 1}, {2, 1}, {3, 1}});
    for (const seen& event : read_all(sqlite_log(file, {.read_only = true}))) CHECK(event.recorded_at == 1'000'000'000);
}

TEST_CASE("a commit that is found and cannot be made sure of is answered as unknown") {
    const folder here;
    faulty_vfs vfs;
    auto to = lonely_writer(here / "bank.acta", vfs, {});
    REQUIRE(append(to, 1).front());
    vfs.fault = [&](call what, std::string_view) { return what == call::sync ? SQLITE_IOERR_FSYNC : SQLITE_OK; };
    CHECK(thrown_by([&] { (void)append(to, 2); }).code() == errc::unknown_outcome);
    vfs.heal();
    CHECK(append(to, 3).front());
    const auto stored = after_crash(here / "bank.acta");
    CHECK(stored.at(3) == 1);
    CHECK((!stored.contains(2) || stored.at(2) == 1));
}

TEST_CASE("when nobody can tell, the answer is that nobody can tell, and the next append goes on from what is there") {
    const folder here;
    faulty_vfs vfs;
    sqlite_log to(here / "bank.acta", {.vfs = vfs.name()});
    REQUIRE(to.append(account("ada"), none, {deposited{1}}));
    bool failed = false;
    vfs.fault = [&](call what, std::string_view) {
        failed = failed || what == call::sync;
        return !failed ? SQLITE_OK : what == call::sync ? SQLITE_IOERR_FSYNC : what == call::open ? SQLITE_CANTOPEN : SQLITE_OK;
    };
    const failure why = thrown_by([&] { (void)to.append(account("ada"), exactly(1), {deposited{2}, withdrawn{1}}); });
    CHECK(why.code() == errc::unknown_outcome);
    CHECK(says(why, "bank.acta"));
    CHECK(says(why, "read the stream"));
    const failure still = thrown_by([&] { (void)to.append(account("ada"), any, {deposited{3}}); });
    CHECK(still.code() == errc::io);
    CHECK(to.head() == 1);  // readers have their own connections
    vfs.heal();
    REQUIRE(to.append(account("ada"), exactly(1), {deposited{4}, withdrawn{1}}));
    CHECK(read_all(to).size() == 3);
    CHECK(read_all(to)[2].type == "account.withdrawn");
}

TEST_CASE("whichever call to the disk fails, once or for a while, what was answered is what is stored") {
    for (const bool stuck : {false, true})
        for (const bool full : {false, true}) {
            int refused = 0, unknown = 0, rounds = 0;
            bool reached = true;
            for (int nth = 1; reached; ++nth, ++rounds) {
                CAPTURE(nth);
                CAPTURE(stuck);
                CAPTURE(full);
                const folder here;
                faulty_vfs vfs;
                sqlite_log to(here / "bank.acta", {.vfs = vfs.name(), .checkpoint_pages = 6});
                reached = false;
                vfs.fault = [&, calls = 0](call what, std::string_view) mutable {
                    if (++calls < nth || (calls > nth && !stuck)) return SQLITE_OK;
                    reached = true;
                    return code_of(what, full);
                };
                std::set<std::int64_t> stored, denied;
                for (std::int64_t id = 1; id <= 6; ++id) {
                    try {
                        if (to.append(account(std::to_string(id % 2)), any, {deposited{id} | tagged("id", std::to_string(id))}))
                            stored.insert(id);
                    } catch (const failure& why) {
                        REQUIRE(says(why, "bank.acta"));
                        if (why.code() == errc::unknown_outcome) ++unknown;
                        else denied.insert(id), ++refused;
                        if (stuck) vfs.heal();
                        const auto kept = after_crash(here / "bank.acta");
                        for (const std::int64_t one : stored) REQUIRE(kept.contains(one));
                        for (const std::int64_t one : denied) REQUIRE_FALSE(kept.contains(one));
                    }
                }
                vfs.heal();
                REQUIRE(to.append(account("last"), none, {deposited{99}}));
                const auto kept = deposited_in(to);
                for (const auto& [id, times] : kept) REQUIRE(times == 1);
                for (const std::int64_t one : stored) REQUIRE(kept.contains(one));
                for (const std::int64_t one : denied) REQUIRE_FALSE(kept.contains(one));
                REQUIRE(kept.contains(99));
                REQUIRE(after_crash(here / "bank.acta") == kept);
            }
            MESSAGE(rounds << " calls, " << refused << " appends refused, " << unknown << " unknown");
            CHECK(refused > 0);
        }
}

TEST_CASE("a disk that is full refuses appends and leaves what is stored readable; with room again the next append works") {
    const folder here;
    const auto disk = here / "disk";
    std::filesystem::create_directory(disk);
    if (::mount("acta-test", disk.c_str(), "tmpfs", 0, "size=3m") != 0) {
        MESSAGE("skipped: this user may not mount a small disk (" << std::string(std::strerror(errno)) << ")");
        return;
    }
    struct unmounting {
        const std::filesystem::path& what;
        ~unmounting() { ::umount2(what.c_str(), MNT_DETACH); }
    } const unmount{disk};
    const auto file = disk / "bank.acta", filler = disk / "filler";
    const std::vector<std::byte> kilobytes(50'000);
    position stored = 0;
    {
        sqlite_log to(file, {.checkpoint_pages = 50});
        write_file(filler, std::string(1'000'000, 'x'));
        failure why{errc::misuse, "never full"};
        for (int i = 0; i < 200; ++i) {
            try {
                stored = to.append(account(std::to_string(i % 3)), any, {attached{kilobytes}})->last_position;
            } catch (const failure& refused) {
                why = refused;
                break;
            }
        }
        CHECK(why.code() == errc::disk_full);
        CHECK(says(why, "bank.acta"));
        CHECK(says(why, "make room"));
        CHECK(stored > 5);
        CHECK(thrown_by([&] { (void)to.append(account("0"), any, {attached{kilobytes}}); }).code() == errc::disk_full);
        CHECK(read_all(to).size() == static_cast<std::size_t>(stored));
        std::filesystem::remove(filler);
        CHECK(to.append(account("0"), any, {attached{kilobytes}})->first_position == ++stored);
    }
    // Closed well, and full to the last byte: there is not even room for the index of a write-ahead log.
    std::string last(1U << 20, 'x');
    for (std::size_t size = last.size(); size > 0;) {
        const auto before = std::filesystem::exists(filler) ? std::filesystem::file_size(filler) : 0;
        try {
            write_file(filler, std::string(before + size, 'x'));
        } catch (const std::runtime_error&) {
            write_file(filler, std::string(before, 'x'));
            size /= 2;
        }
    }
    CHECK(read_all(sqlite_log(file, {.read_only = true})).size() == static_cast<std::size_t>(stored));
    const failure why = thrown_by([&] { sqlite_log to(file); });
    const std::string said = why.what();
    CAPTURE(said);
    CHECK(why.code() == errc::disk_full);
    CHECK(says(why, "bank.acta"));
    std::filesystem::remove(filler);
    sqlite_log to(file);
    CHECK(read_all(to).size() == static_cast<std::size_t>(stored));
    CHECK(to.append(account("0"), any, {deposited{1}}));
}
