// SQLite with owners: a connection and its statements, every error a sentence with the file in it.
#pragma once

#include <acta/event/bytes.hpp>
#include <acta/event/result.hpp>

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace acta::detail {

class statement;

/// One SQLite connection, closed with its owner. Used by one thread at a time.
class connection {
public:
    connection() = default;
    /// Opens with SQLITE_OPEN flags; `vfs` empty: the default. `shown` is the name of the file in sentences.
    connection(const std::string& name, int flags, const std::string& vfs, std::string shown);
    connection(connection&& other) noexcept;
    connection& operator=(connection&& other) noexcept;
    ~connection();

    sqlite3* handle() const noexcept { return handle_; }
    explicit operator bool() const noexcept { return handle_ != nullptr; }
    const std::string& shown() const noexcept { return shown_; }

    /// Runs statements that answer nothing.
    void run(const char* sql) const;
    /// Runs one statement and takes the first column of its first row.
    std::int64_t number(const char* sql) const;
    /// sqlite3_db_config with an on/off option; throws when the library does not know it.
    void set(int option, bool on) const;

    /// How long a statement waits for another connection's lock.
    void set_patience(std::chrono::milliseconds patience) const noexcept;

    /// Turns an SQLite result code into failure: what was being done, to which file, why, what to do. `number`: the system's (errno),
    /// where it was 0 before the call: SQLite does not always know it, as of a COMMIT. Throws bad_alloc where there is no memory.
    [[noreturn]] void fail(int code, const char* doing, std::optional<int> number = {}) const;

private:
    sqlite3* handle_ = nullptr;
    std::string shown_;
};

/// Which errc an SQLite result code is.
errc code_of(int sqlite_code) noexcept;

/// A prepared statement. Borrowed: its connection must outlive it. Texts and blobs read from a row live until the next step.
class statement {
public:
    statement() = default;
    statement(const connection& on, std::string_view sql);
    statement(statement&& other) noexcept;
    statement& operator=(statement&& other) noexcept;
    ~statement();

    explicit operator bool() const noexcept { return handle_ != nullptr; }

    statement& bind(int at, std::int64_t value);
    statement& bind(int at, std::string_view text);
    statement& bind(int at, byte_span blob);
    statement& bind_null(int at);

    /// True: there is a row.
    bool step();
    /// Steps to the end of a statement that answers nothing, and resets it.
    void finish();
    void reset() noexcept;

    std::int64_t number(int column) const noexcept { return sqlite3_column_int64(handle_, column); }
    bool is_null(int column) const noexcept { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
    std::optional<std::int64_t> optional_number(int column) const noexcept {
        return is_null(column) ? std::nullopt : std::optional(number(column));
    }
    std::string_view text(int column) const noexcept;
    byte_span blob(int column) const noexcept;

private:
    const connection* on_ = nullptr;
    sqlite3_stmt* handle_ = nullptr;
};

/// Resets a statement when a reading ends, also by exception: an open row pins the write-ahead log.
class reset_at_exit {
public:
    explicit reset_at_exit(statement& of) : of_(of) {}
    reset_at_exit(const reset_at_exit&) = delete;
    reset_at_exit& operator=(const reset_at_exit&) = delete;
    ~reset_at_exit() { of_.reset(); }

private:
    statement& of_;
};

}  // namespace acta::detail
