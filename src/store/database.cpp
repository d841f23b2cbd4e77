// SQLite with owners: a connection and its statements, every error a sentence with the file in it.
#include "database.hpp"

#include "event/system_error.hpp"
#include "event/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

namespace acta::detail {

namespace {

const char* advice(errc code) {
    switch (code) {
    case errc::disk_full: return "make room on the disk, and try again";
    case errc::busy: return "another process holds it: try again later";
    case errc::read_only: return "give this user permission to write, or open it for reading";
    case errc::damaged: return "restore it from a copy, then look at the disk";
    case errc::not_a_store: return "check the path";
    case errc::too_large: return "make it smaller";
    default: return "look at the disk and at the permissions";
    }
}

/// Whether the system refused memory that SQLite asked it for. Damaged bytes make it want more than it ever asks for, and then the system is
/// left alone, and says nothing. Where the program keeps SQLite short (sqlite3_hard_heap_limit64), there is no room for two of the largest rows.
bool memory_is_short(int number) noexcept {
    if (number == ENOMEM) return true;
    void* const probe = sqlite3_malloc64(256 << 20);
    sqlite3_free(probe);
    return probe == nullptr;
}

}  // namespace

errc code_of(int sqlite_code) noexcept {
    if (sqlite_code == SQLITE_IOERR_SHMSIZE) return errc::disk_full;  // no room for the index of the write-ahead log
    switch (sqlite_code & 0xff) {
    case SQLITE_FULL: return errc::disk_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::busy;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return errc::read_only;
    case SQLITE_CORRUPT: return errc::damaged;
    case SQLITE_NOTADB: return errc::not_a_store;
    case SQLITE_TOOBIG: return errc::too_large;
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return errc::misuse;
    default: return errc::io;
    }
}

connection::connection(const std::string& name, int flags, const std::string& vfs, std::string shown) : shown_(std::move(shown)) {
    const int code =
        sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs.empty() ? nullptr : vfs.c_str());
    if (code == SQLITE_OK) return;
    connection doomed = std::move(*this);  // so that the handle is closed when fail throws
    doomed.fail(code, "opening it");
}

connection::connection(connection&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)), shown_(std::move(other.shown_)) {}

connection& connection::operator=(connection&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(shown_, other.shown_);
    return *this;
}

connection::~connection() { sqlite3_close_v2(handle_); }

void connection::run(const char* sql) const {
    errno = 0;
    if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code, sql, errno);
}

std::int64_t connection::number(const char* sql) const {
    statement query(*this, sql);
    return query.step() ? query.number(0) : 0;
}

void connection::set(int option, bool on) const {
    int now = 0;
    if (const int code = sqlite3_db_config(handle_, option, on ? 1 : 0, &now); code != SQLITE_OK)
        fail(code, "setting an option of the connection");
}

void connection::set_patience(std::chrono::milliseconds patience) const noexcept {
    sqlite3_busy_timeout(handle_, static_cast<int>(std::clamp<std::int64_t>(patience.count(), 0, std::numeric_limits<int>::max())));
}

void connection::fail(int code, const char* doing, std::optional<int> number) const {
    if ((code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM) {
        if (!number || memory_is_short(*number)) throw std::bad_alloc();
        throw failure(errc::damaged, shown_ + ": its bytes make SQLite want more memory than any row takes (" + std::string(doing) +
                                         "): " + advice(errc::damaged));
    }
    errc why = code_of(code);
    // SQLite's own is that of an earlier failure where a COMMIT fails, and errno is of nothing where no file is concerned.
    int system = number ? *number : sqlite3_system_errno(handle_);
    const bool of_a_file = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR;
    if (!of_a_file || why != errc::io || code == SQLITE_IOERR_SHORT_READ) system = 0;
    if (system != 0 && ((code & 0xff) == SQLITE_CANTOPEN || code == SQLITE_IOERR_WRITE)) why = code_of_system_error(system);
    std::string reason = handle_ != nullptr && sqlite3_errcode(handle_) != SQLITE_OK ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    if (system != 0) reason.append(", ").append(std::strerror(system));
    throw failure(why, shown_ + ": " + printable(reason) + " (" + doing + ", SQLite code " + std::to_string(code) +
                           "): " + (system != 0 ? advice_on_system_error(system) : advice(why)));
}

statement::statement(const connection& on, std::string_view sql) : on_(&on) {
    errno = 0;
    const int code =
        sqlite3_prepare_v3(on.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) on.fail(code, "preparing a statement", errno);
}

statement::statement(statement&& other) noexcept : on_(other.on_), handle_(std::exchange(other.handle_, nullptr)) {}

statement& statement::operator=(statement&& other) noexcept {
    std::swap(on_, other.on_);
    std::swap(handle_, other.handle_);
    return *this;
}

statement::~statement() { sqlite3_finalize(handle_); }

statement& statement::bind(int at, std::int64_t value) {
    if (const int code = sqlite3_bind_int64(handle_, at, value); code != SQLITE_OK) on_->fail(code, "binding a number");
    return *this;
}

statement& statement::bind(int at, std::string_view text) {
    const char* const data = text.data() != nullptr ? text.data() : "";
    if (const int code = sqlite3_bind_text64(handle_, at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8); code != SQLITE_OK)
        on_->fail(code, "binding a text");
    return *this;
}

statement& statement::bind(int at, byte_span blob) {
    const int code =
        blob.empty() ? sqlite3_bind_zeroblob(handle_, at, 0) : sqlite3_bind_blob64(handle_, at, blob.data(), blob.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) on_->fail(code, "binding bytes");
    return *this;
}

statement& statement::bind_null(int at) {
    if (const int code = sqlite3_bind_null(handle_, at); code != SQLITE_OK) on_->fail(code, "binding a null");
    return *this;
}

bool statement::step() {
    errno = 0;
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const int number = errno;
    reset();
    on_->fail(code, sqlite3_sql(handle_), number);
}

void statement::finish() {
    while (step()) {}
    reset();
}

void statement::reset() noexcept { sqlite3_reset(handle_); }

std::string_view statement::text(int column) const noexcept {
    const auto* const data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return data == nullptr ? std::string_view() : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

byte_span statement::blob(int column) const noexcept {
    const auto* const data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
    return data == nullptr ? byte_span() : byte_span(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

}  // namespace acta::detail
