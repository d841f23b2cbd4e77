// A read model: one SQLite file, its own tables, its lock, its transactions.
#include "replay/model.hpp"

#include <acta/event/layout.hpp>

#include "replay/model_schema.hpp"
#include "store/schema.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <bit>
#include <climits>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>

namespace acta {

namespace detail {

namespace {

constexpr int patience_for_others = 5'000;                       // milliseconds
constexpr auto patience_at_the_gate = std::chrono::seconds(30);  // a long batch, or a rebuild that is put in place
constexpr int pages_before_a_checkpoint = 1'000;

bool may_write(const std::filesystem::path& path) { return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0; }

/// `file:` and the path, percent-encoded where it has to be.
std::string as_uri(const std::filesystem::path& file) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out = "file:";
    for (const char c : file.string()) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte | 0x20U) - 'a' < 26U || byte - unsigned{'0'} < 10U || c == '/' || c == '.' || c == '-' || c == '_') out += c;
        else ((out += '%') += digits[byte >> 4]) += digits[byte & 15U];
    }
    return out;
}

std::mutex open_files_mutex;
struct user_count {
    int users = 0;
    pid_t process = ::getpid();
};
std::map<std::string, user_count>& open_files() {
    static std::map<std::string, user_count> files;
    return files;
}

}  // namespace

// ---- file_in_use ----------------------------------------------------------------------------------------------------------------

file_in_use::file_in_use(const std::filesystem::path& file) {
    const std::lock_guard lock(open_files_mutex);
    const auto known = open_files().find(file.string());
    if (known != open_files().end() && known->second.process != ::getpid())
        throw failure(errc::misuse, file.string() +
                                        " was open in the process that this one was forked from, which SQLite does not survive: "
                                        "read it there, or in a program that is started by exec()");
    if (known == open_files().end()) {
        try {
            if (look_at(file, model_mark, false) == presence::absent) return;
        } catch (const failure& why) {
            if (why.code() != errc::not_a_store) throw;
            bool store = false;
            try {
                store = look_at(file, store_mark, true) == presence::ours;
            } catch (const failure&) {}
            if (store) throw failure(errc::not_a_store, file.string() + " is an acta store, not a read model: name another file");
            throw;
        }
    }
    ++open_files()[file.string()].users;
    file_ = file.string();
}

file_in_use::file_in_use(file_in_use&& other) noexcept : file_(std::exchange(other.file_, {})) {}

file_in_use& file_in_use::operator=(file_in_use&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

file_in_use::~file_in_use() {
    if (file_.empty()) return;
    const std::lock_guard lock(open_files_mutex);
    if (--open_files()[file_].users == 0) open_files().erase(file_);
}

// ---- opening --------------------------------------------------------------------------------------------------------------------

model::model(const std::filesystem::path& file, access how, timestamp now, int page_size) : how_(how) {
    if (file != ":memory:") file_ = canonical_parent(file);
    open(now, page_size);
    check_model(on_);
    {
        statement typed(on_, "SELECT name FROM acta_table");
        while (typed.step()) rules_.add_typed_table(typed.text(0));
    }
    rules_.watch(on_.handle());
    prepare_statements();
}

void model::open(timestamp now, int page_size) {
    if (in_memory()) {
        on_ = connection(":memory:", SQLITE_OPEN_READWRITE, "", ":memory:");
        harden(on_);
        return make_model(on_, now);
    }
    in_use_ = file_in_use(file_);
    if (!in_use_.present() && (how_ == access::read || how_ == access::mend))
        throw failure(errc::not_found, file_.string() + " is not there: replay into it first, or check the path");
    if (how_ == access::read) return open_for_reading();
    if (in_use_.present() && !may_write(file_))
        throw failure(errc::read_only, file_.string() + " may not be written by this user: mend its permissions");
    own(now);
    if (!in_use_.present()) in_use_ = file_in_use(file_);
    if (!in_use_.present()) {
        make_file(now, page_size);
        made_ = true;
        in_use_ = file_in_use(file_);
    }
    on_ = connection(file_.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, "", file_.string());
    harden(on_);
    sqlite3_busy_timeout(on_.handle(), patience_for_others);
    on_.run(how_ == access::fill ? "PRAGMA synchronous=OFF; PRAGMA cache_size=-65536"
                                 : "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16384");
    on_.run("PRAGMA journal_size_limit=67108864");
    const auto note_pages = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<model*>(self)->pages_in_log_ = pages;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(on_.handle(), note_pages, this);
}

void model::own(timestamp now) {
    lock_ = model_lock(file_);
    if (lock_.own(now) || how_ == access::mend) return;
    throw failure(errc::busy, file_.string() + " is being filled by another runner: wait until it is done, or stop it");
}

void model::open_for_reading() {
    const auto open = [this](const std::string& name, int flags) {
        on_ = connection(name, flags | SQLITE_OPEN_NOFOLLOW, "", file_.string());
        harden(on_);
        sqlite3_busy_timeout(on_.handle(), patience_for_others);
        on_.run("PRAGMA query_only=ON");
        on_.number("SELECT count(*) FROM sqlite_schema");
    };
    try {
        open(file_.string(), SQLITE_OPEN_READWRITE);
    } catch (const failure& why) {
        // Where nothing may be written there can be no shared index of the write-ahead log; without such a log none is needed.
        std::error_code error;
        const bool untouchable = !may_write(file_.parent_path());
        if (why.code() == errc::damaged || !untouchable || std::filesystem::exists(file_.string() + "-wal", error)) throw;
        open(as_uri(file_) + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    }
}

/// Whole under another name, then at once under its own: nobody ever sees a half-made read model.
void model::make_file(timestamp now, int page_size) const {
    std::filesystem::path fresh = file_;
    fresh += ".new-" + command_id::make().text();
    try {
        {
            const connection on(fresh.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE, "", file_.string());
            if (page_size > 0) on.run(("PRAGMA page_size=" + std::to_string(page_size)).c_str());
            make_model(on, now);
            on.run("PRAGMA journal_mode=WAL");
        }
        if (::rename(fresh.c_str(), file_.c_str()) != 0)
            throw failure(errc::io, file_.string() + " cannot be made (" + std::strerror(errno) + "): look at its directory");
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(fresh, ignored);
        throw;
    }
}

void model::prepare_statements() {
    read_checkpoint_ = statement(on_, "SELECT store, position, entry_checksum, generation, updated_at FROM acta_checkpoint WHERE id = 1");
    if (how_ != access::read)
        write_checkpoint_ =
            statement(on_, "INSERT OR REPLACE INTO acta_checkpoint (id, store, position, entry_checksum, generation, updated_at) "
                           "VALUES (1, ?, ?, ?, ?, ?)");
}

model::~model() {
    if (in_memory() || how_ == access::read) return;
    roll_back();
    read_checkpoint_ = {};
    write_checkpoint_ = {};
    if (lock_.owns()) {
        // The last one out leaves one file behind, without a write-ahead log.
        try {
            enter_gate();
            if (!discarded_) sqlite3_db_config(on_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
        } catch (const std::exception&) {}  // then the log stays for the next one
    }
    on_ = {};
    if (discarded_)
        for (const char* const suffix : {"", "-wal", "-shm"}) {
            std::array<char, PATH_MAX> name{};  // there may be no memory for a string
            std::snprintf(name.data(), name.size(), "%s%s", file_.c_str(), suffix);
            ::unlink(name.data());
        }
    leave_gate();
}

// ---- transactions and acta's own rows -------------------------------------------------------------------------------------------

bool model::in_transaction() const noexcept { return sqlite3_get_autocommit(on_.handle()) == 0; }

void model::enter_gate() {
    if (process_ != ::getpid())
        throw failure(errc::misuse,
                      shown() + " was opened before this process was forked, which SQLite does not survive: leave it to the other");
    if (inside_ || in_memory() || how_ == access::read) return;
    lock_.enter(patience_at_the_gate);
    inside_ = true;
}

void model::leave_gate() noexcept {
    if (std::exchange(inside_, false)) lock_.leave();
}

void model::begin() {
    if (in_transaction())
        throw failure(errc::misuse,
                      shown() + ": what read() gave is still being looked at; in memory there is one connection, so let go of it first");
    enter_gate();
    try {
        on_.run(how_ != access::read ? "BEGIN IMMEDIATE" : "BEGIN");
    } catch (...) {
        leave_gate();
        throw;
    }
}

void model::commit() {
    try {
        on_.run("COMMIT");
    } catch (const failure& why) { fail(why); }
    checkpoint_log();
    leave_gate();
}

/// Inside the gate, so that nobody commits meanwhile: SQLite before 3.51.3 loses commits that a checkpoint overlaps.
void model::checkpoint_log() {
    if (pages_in_log_ < pages_before_a_checkpoint || !lock_.owns()) return;
    pages_in_log_ = 0;
    sqlite3_wal_checkpoint_v2(on_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);  // a reader in the way means later
}

void model::roll_back() noexcept {
    if (in_transaction()) sqlite3_exec(on_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    leave_gate();
}

void model::replace_by(model& fresh, const std::function<void()>& prepare) {
    enter_gate();
    try {
        prepare();
        sqlite3_backup* const copy = sqlite3_backup_init(on_.handle(), "main", fresh.on_.handle(), "main");
        if (!copy) on_.fail(sqlite3_extended_errcode(on_.handle()), "replacing its content");
        const int code = sqlite3_backup_step(copy, -1);
        sqlite3_backup_finish(copy);  // which knows nothing of a step that found it busy
        if (code != SQLITE_DONE) on_.fail(code, "replacing its content");
    } catch (...) {
        leave_gate();
        throw;
    }
    pages_in_log_ = pages_before_a_checkpoint;
    checkpoint_log();
    leave_gate();
}

std::vector<model::member> model::members() const {
    std::vector<member> out;
    statement query(on_, "SELECT name, revision, tables FROM acta_projection ORDER BY name");
    while (query.step())
        out.push_back({std::string(query.text(0)), static_cast<std::uint32_t>(query.number(1)), std::string(query.text(2))});
    return out;
}

void model::put(const member& joining) {
    statement(on_, "INSERT INTO acta_projection (name, revision, tables, fingerprint) VALUES (?, ?, ?, ?)")
        .bind(1, joining.name)
        .bind(2, static_cast<std::int64_t>(joining.revision))
        .bind(3, joining.tables)
        .bind(4, std::bit_cast<std::int64_t>(fingerprint_of(joining.tables)))
        .finish();
}

std::optional<checkpoint> model::stored_checkpoint() const {
    const reset_at_exit reset(read_checkpoint_);
    if (!read_checkpoint_.step()) return std::nullopt;
    checkpoint found;
    const byte_span store = read_checkpoint_.blob(0);
    if (store.size() != found.store.size())
        throw failure(errc::damaged, shown() + ": its checkpoint names no store: delete the file and replay");
    std::copy(store.begin(), store.end(), found.store.begin());
    found.position = read_checkpoint_.number(1);
    found.entry_checksum = std::bit_cast<std::uint64_t>(read_checkpoint_.number(2));
    found.generation = read_checkpoint_.number(3);
    found.updated_at = timestamp(std::chrono::microseconds(read_checkpoint_.number(4)));
    return found;
}

void model::put(const checkpoint& reached) {
    if (!in_transaction())
        throw failure(errc::io, shown() + ": SQLite has ended the transaction whose rows belong to this checkpoint: try it once more");
    write_checkpoint_.bind(1, byte_span(reached.store))
        .bind(2, reached.position)
        .bind(3, std::bit_cast<std::int64_t>(reached.entry_checksum))
        .bind(4, reached.generation)
        .bind(5, static_cast<std::int64_t>(reached.updated_at.time_since_epoch().count()))
        .finish();
}

std::optional<std::string> model::fact(std::string_view key) const {
    statement query(on_, "SELECT value FROM acta_read_model WHERE key = ?");
    if (!query.bind(1, key).step()) return std::nullopt;
    return std::string(query.text(0));
}

void model::put_fact(std::string_view key, std::string_view value) {
    statement(on_, "INSERT OR REPLACE INTO acta_read_model (key, value) VALUES (?, ?)").bind(1, key).bind(2, value).finish();
}

void model::fail(const failure& why) const {
    if (why.code() == errc::disk_full) throw failure(why.code(), std::string(why.what()) + "; it goes on where it stopped");
    throw;
}

void model::forget_fact(std::string_view key) { statement(on_, "DELETE FROM acta_read_model WHERE key = ?").bind(1, key).finish(); }

}  // namespace detail

std::filesystem::path read_model_path(const std::filesystem::path& store, std::string_view name) {
    std::string file(name);
    std::replace(file.begin(), file.end(), '/', '+');
    return std::filesystem::path(store.string() + ".models") / (file + ".db");
}

read_model_info inspect_read_model(const std::filesystem::path& file) {
    detail::model of(file, detail::access::read, {});
    of.begin();
    read_model_info info;
    for (const auto& member : of.members()) info.projections.push_back({member.name, member.revision});
    info.checkpoint = of.stored_checkpoint();
    info.dead_letters = static_cast<std::size_t>(of.on().number("SELECT count(*) FROM acta_dead_letter"));
    return info;
}

}  // namespace acta
