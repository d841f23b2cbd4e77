// The one writing connection: transactions of many appends, how a failed COMMIT ended, and the write-ahead log.
#include "writer.hpp"

#include "gathering_vfs.hpp"
#include "open_file.hpp"
#include "request.hpp"
#include "schema.hpp"

#include <sys/random.h>
#include <unistd.h>

namespace acta::detail {

namespace {

constexpr auto checkpoint_patience = std::chrono::milliseconds(50);
constexpr std::size_t commits_before_growing = 16;               // whoever opens a store for a few appends does not pay for it
constexpr const char* large_cache = "PRAGMA cache_size=-16000";  // KiB: a group may touch a page for each of its appends
constexpr std::size_t most_grown = 16'384;                       // pages
constexpr std::size_t large_log = 16'384;                        // pages: a reader was in the way for long, and the disk gets the room back

std::uint64_t random_number() {
    std::uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number) throw failure(errc::io, "the system gave no random bytes: try again");
    return number;
}

}  // namespace

writer::writer(std::function<connection()> open, turnstile gate, const options& how)
    : open_(std::move(open)), gate_(std::move(gate)), how_(how), on_(open_()), nonces_(random_number()) {
    if (const char* const file = sqlite3_db_filename(on_.handle(), "main"); file != nullptr && *file != '\0') where_ = whereabouts(file);
    prepare();
}

writer::~writer() {
    try {
        if (!on_) return;
        const inside held(gate_, how_.busy_timeout);
        if (!may_copy_back()) return;
        on_.set_patience(checkpoint_patience);
        // Where it was deleted and another one stands there, somebody has opened the store without it, and a page that he remembers must not
        // change under him: closing alone copies back only where nobody else has the file open.
        if (where_.has(whereabouts::part::log) || ::access((on_.shown() + "-wal").c_str(), F_OK) != 0)
            sqlite3_wal_checkpoint_v2(on_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        on_.set(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);  // the last one out may remove the write-ahead log: nobody else is there to race
        in_.reset();
        begin_ = {}, commit_ = {};
        on_ = connection();
    } catch (const std::exception&) {
        // Nothing is lost: what was acknowledged is in the write-ahead log, and the next one to open the store finds it there.
    }
}

void writer::prepare() {
    in_ = std::make_unique<inserter>(on_, how_, nonces_);
    begin_ = statement(on_, "BEGIN IMMEDIATE");
    commit_ = statement(on_, "COMMIT");
    on_.set_patience(how_.busy_timeout);
    const auto note_size = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<writer*>(self)->wal_pages_ = static_cast<std::size_t>(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(on_.handle(), note_size, this);
    on_.run(large_cache);
    checkpoint_at_ = how_.checkpoint_pages;
    commits_ = 0;
}

void writer::write(const jobs_to_write& take) noexcept {
    try {
        const inside held(gate_, how_.busy_timeout);
        for (auto jobs = take(true); !jobs.empty();) {
            const std::size_t good = store(jobs);
            if (good == jobs.size()) break;
            if (store(jobs.first(good)) != good)  // stored the first time, and not the second
                for (append_job* const& one : jobs.first(good)) store({&one, 1});
            store(jobs.subspan(good, 1));
            jobs = jobs.subspan(good + 1);
        }
        checkpoint();
    } catch (...) {  // the turnstile alone throws
        for (append_job* const one : take(false)) one->fail(std::current_exception());
    }
}

/// All of them in one transaction, or none: then it answers the number of the one that cannot be stored beside others. What concerns them
/// all, each is told.
std::size_t writer::store(std::span<append_job* const> jobs) noexcept {
    if (jobs.empty()) return 0;
    std::size_t at = 0;
    bool begun = false;
    try {
        if (!on_ || !in_) reopen();
        begin();
        begun = true;
        for (; at < jobs.size(); ++at) {
            append_job& job = *jobs[at];
            in_->begin_call();
            job.answers.clear();
            job.answers.reserve(job.requests.size());
            for (const append_request& request : job.requests) job.answers.push_back(in_->append(request));
        }
        commit();
        return jobs.size();
    } catch (...) {
        roll_back();
        if (begun && at < jobs.size() && jobs.size() > 1) return at;
        for (append_job* const job : jobs) job->fail(std::current_exception());
        return jobs.size();
    }
}

/// What stands at the path may be somebody else's by now. A write-ahead log that was deleted is still ours, and what it holds is saved unless
/// another one has been begun; one that is still there keeps it, whoever made a new index for it.
bool writer::may_copy_back() const {
    using part = whereabouts::part;
    if (!where_.has(part::file)) return false;
    return where_.has(part::log) ? where_.has(part::index) : !wal_holds_pages(on_.shown());
}

void writer::begin() {
    where_.check("nothing was stored");
    if (commits_++ == commits_before_growing) grow_log();
    if (sqlite3_get_autocommit(on_.handle()) == 0) reopen();  // a ROLLBACK that failed
    begin_.finish();
    try {
        in_->begin();
    } catch (...) {
        roll_back();
        throw;
    }
}

void writer::commit() {
    try {
        commit_.finish();
    } catch (const std::exception& why) {
        if (!committed_after_all(why)) throw;
        return;  // the store was opened anew: the next transaction takes in its head
    }
    in_->committed();
}

/// A COMMIT that answered with an error may be durable all the same. It is never tried again: the store is opened anew, as after a
/// crash, and the first entry of the transaction is there with our nonce, or nothing of it is. Then it is made sure that it stays so.
bool writer::committed_after_all(const std::exception& why) {
    const inserter::proof of = in_->proof_of_transaction();
    try {
        const int code = sqlite3_extended_errcode(on_.handle());
        const auto* const known = dynamic_cast<const failure*>(&why);
        const bool cut_short =
            (code & 0xff) == SQLITE_FULL || (code == SQLITE_IOERR_WRITE && known != nullptr && known->code() == errc::disk_full);
        reopen();
        if (in_->holds(of)) {
            copy_back_all();
            return true;
        }
        // Its frames may stand whole in the write-ahead log, and a crash would bring them to life: a change of nothing is written over them.
        // Where the disk, a quota or a limit was full, and is, the last of them was not written.
        try {
            on_.run(("PRAGMA user_version=" + std::to_string(store_mark.format)).c_str());
        } catch (const failure&) {
            if (!cut_short) throw;
        }
        return false;
    } catch (const std::exception& again) {
        in_.reset();
        begin_ = {}, commit_ = {};
        on_ = connection();
        throw failure(errc::unknown_outcome,
                      std::string(why.what()) + "; opening the store again failed too (" + again.what() +
                          "), so that nobody can tell whether the append is stored: read the stream before sending it again");
    }
}

/// What was written when a sync failed may be in the system's memory alone, and a second sync of the same pages would say nothing of
/// them; the pages of the database itself are written and synced once more.
void writer::copy_back_all() {
    int pages = 0, copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(on_.handle(), nullptr, SQLITE_CHECKPOINT_FULL, &pages, &copied);
    if (code != SQLITE_OK) on_.fail(code, "copying back the write-ahead log");
}

void writer::reopen() {
    in_.reset();
    begin_ = {}, commit_ = {};
    on_ = connection();
    on_ = open_();
    prepare();
}

void writer::roll_back() noexcept {
    if (!on_) return;
    if (sqlite3_get_autocommit(on_.handle()) == 0) sqlite3_exec(on_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    gathering_vfs::forget(on_.handle());
    if (in_) in_->rolled_back();
}

/// A write-ahead log that already has its size is synced faster than one that grows. SQLite has no call for that; a transaction that is larger
/// than its cache is written there before it is rolled back, and later ones are written over it.
void writer::grow_log() {
    const std::string room = std::to_string(how_.checkpoint_pages * 4'096 + (1 << 18));
    const std::string spill =
        "PRAGMA cache_size=8; BEGIN IMMEDIATE; INSERT INTO snapshot (stream, version, fingerprint, data, checksum) VALUES (-1, "
        "0, 0, zeroblob(" +
        room + "), 0)";
    if (how_.checkpoint_pages <= most_grown)  // a full disk is for the next append to find
        sqlite3_exec(on_.handle(), spill.c_str(), nullptr, nullptr, nullptr);
    if (sqlite3_get_autocommit(on_.handle()) == 0) sqlite3_exec(on_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    gathering_vfs::forget(on_.handle());
    sqlite3_exec(on_.handle(), large_cache, nullptr, nullptr, nullptr);
}

/// Only here, inside the turnstile, and never beside a commit: SQLite before 3.51.3 can lose commits when another connection
/// checkpoints while one is written (the WAL-reset race). A reader in the way means later.
void writer::checkpoint() noexcept {
    if (!on_ || wal_pages_ < checkpoint_at_ || !gate_.still_named()) return;
    on_.set_patience(checkpoint_patience);
    const int code = sqlite3_wal_checkpoint_v2(
        on_.handle(), nullptr, wal_pages_ >= large_log ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
    on_.set_patience(how_.busy_timeout);
    checkpoint_at_ = code == SQLITE_OK ? how_.checkpoint_pages : wal_pages_ + how_.checkpoint_pages;
    if (code == SQLITE_OK) wal_pages_ = 0;
}

}  // namespace acta::detail
