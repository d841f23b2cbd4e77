// Appending as one writes it by hand: the same table and pragmas as a store's, a row and a transaction each, and nothing is checked.
#pragma once

#include "moved_stores.hpp"

#include <mutex>
#include <vector>

namespace bench {

class by_hand_log {
public:
    explicit by_hand_log(const std::filesystem::path& file) : on_(file) {
        sqlite3_busy_timeout(on_.on.get(), 10'000);  // first of all: two processes that open it at once are in each other's way already
        on_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
        on_.run("CREATE TABLE IF NOT EXISTS entry (last_position INTEGER PRIMARY KEY NOT NULL, stream INTEGER NOT NULL, last_version "
                "INTEGER NOT NULL, "
                "recorded_at INTEGER NOT NULL, data BLOB NOT NULL) STRICT");
        on_.run("CREATE UNIQUE INDEX IF NOT EXISTS entry_stream ON entry (stream, last_version)");
        insert_ = on_.prepare("INSERT INTO entry (stream, last_version, recorded_at, data) VALUES (?, ?, ?, ?)");
    }

    /// So many rows in one transaction, to a thousand streams in turn.
    void append(int rows) {
        on_.run("BEGIN IMMEDIATE");
        for (; rows > 0; --rows, ++count_) {
            sqlite3_bind_int64(insert_.get(), 1, count_ % 1'000);
            sqlite3_bind_int64(insert_.get(), 2, count_ / 1'000 + 1);
            sqlite3_bind_int64(insert_.get(), 3, count_);
            sqlite3_bind_blob(insert_.get(), 4, bytes_.data(), static_cast<int>(bytes_.size()), SQLITE_STATIC);
            on_.check(sqlite3_step(insert_.get()));
            sqlite3_reset(insert_.get());
        }
        on_.run("COMMIT");
    }
    void append_guarded() {
        const std::lock_guard turn(mutex_);
        append(1);
    }
    void begin_at(std::int64_t count) { count_ = count; }

private:
    table on_;
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> insert_{nullptr, &sqlite3_finalize};
    std::mutex mutex_;
    std::int64_t count_ = 0;
    std::vector<char> bytes_ = std::vector<char>(120, 'x');  // what an entry of one four-field event takes
};

}  // namespace bench
