// The same moved events twice: in a store of one event per append, and in a table with a row per event as one would write it by hand.
#pragma once

#include <acta/store/sqlite.hpp>

#include "moved_event.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <memory>

namespace bench {

/// A folder that goes when the benchmark ends.
class folder {
public:
    folder();
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder();
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// SQLite as one uses it by hand; what fails is thrown.
struct table {
    std::unique_ptr<sqlite3, decltype(&sqlite3_close)> on{nullptr, &sqlite3_close};
    explicit table(const std::filesystem::path& file);
    void run(const char* sql) const;
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> prepare(const char* sql) const;
    void check(int code) const;
};

struct moved_stores {
    folder in;
    acta::sqlite_log log{in / "ours.acta"};
    table by_hand{in / "by_hand.db"};
    std::int64_t events;

    explicit moved_stores(std::int64_t count);
    /// Calls `each(event, stream)` for every row of the table, decoded with cereal from a string stream.
    template <class Each>
    void scan(const Each& each) const {
        const auto rows = by_hand.prepare("SELECT position, stream, version, type, recorded_at, payload FROM event ORDER BY position");
        while (sqlite3_step(rows.get()) == SQLITE_ROW) {
            const std::string stream(reinterpret_cast<const char*>(sqlite3_column_text(rows.get(), 1)));
            const std::string payload(static_cast<const char*>(sqlite3_column_blob(rows.get(), 5)),
                                      static_cast<std::size_t>(sqlite3_column_bytes(rows.get(), 5)));
            each(from_portable(payload), stream);
        }
    }

private:
    void fill_ours();
    void fill_by_hand() const;
};

/// A million events, or 200,000; made once.
const moved_stores& stores(bool quick);

}  // namespace bench
