// replay.memory: an in-memory projection folded over a store of one event per append, against a table with a row per event that is
// scanned and decoded with cereal from a string stream.
#include "bench.hpp"
#include "moved_event.hpp"

#include <acta/read/projection.hpp>
#include <acta/replay/fold.hpp>
#include <acta/store/sqlite.hpp>

#include <sqlite3.h>

#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>

namespace bench {

namespace {

namespace fs = std::filesystem;

struct sums {
    static constexpr acta::projection_type projection{"sums", 1};
    using consumes = acta::events<moved>;
    std::int64_t amount = 0;
    std::uint64_t letters = 0;
    void apply(const acta::recorded<moved>& event) {
        amount += event->amount;
        letters += event.stream().text().size();
    }
};

/// A folder that goes when the benchmark ends.
class folder {
public:
    folder() : path_(fs::temp_directory_path() / ("acta-bench-" + std::to_string(::getpid()))) { fs::create_directories(path_); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    fs::path operator/(const char* name) const { return path_ / name; }

private:
    fs::path path_;
};

void check(int code, sqlite3* on) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) throw std::runtime_error(sqlite3_errmsg(on));
}

struct table {
    std::unique_ptr<sqlite3, decltype(&sqlite3_close)> on{nullptr, &sqlite3_close};
    explicit table(const fs::path& file) {
        sqlite3* opened = nullptr;
        check(sqlite3_open(file.c_str(), &opened), opened);
        on.reset(opened);
    }
    void run(const char* sql) const { check(sqlite3_exec(on.get(), sql, nullptr, nullptr, nullptr), on.get()); }
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> prepare(const char* sql) const {
        sqlite3_stmt* made = nullptr;
        check(sqlite3_prepare_v2(on.get(), sql, -1, &made, nullptr), on.get());
        return {made, &sqlite3_finalize};
    }
};

struct stores {
    folder in;
    acta::sqlite_log log{in / "ours.acta"};
    table by_hand{in / "by_hand.db"};
    std::int64_t events;

    explicit stores(std::int64_t count) : events(count) {
        fill_ours();
        fill_by_hand();
    }
    void fill_ours() {
        std::vector<acta::append_request> chunk;
        std::map<std::int64_t, acta::version> versions;
        for (std::int64_t i = 0; i < events; ++i) {
            acta::append_request one;
            one.writes.push_back({acta::stream_name("account", std::to_string(i % 1000)), acta::exactly(versions[i % 1000]++), {example(i)}});
            chunk.push_back(std::move(one));
            if (chunk.size() < 1000 && i + 1 < events) continue;
            for (const acta::append_result& each : log.append_all(chunk)) each.value();
            chunk.clear();
        }
    }
    void fill_by_hand() const {
        by_hand.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
        by_hand.run("CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, "
                    "recorded_at INTEGER NOT NULL, payload BLOB NOT NULL, UNIQUE (stream, version))");
        by_hand.run("BEGIN");
        const auto insert = by_hand.prepare("INSERT INTO event (stream, version, type, recorded_at, payload) VALUES (?, ?, 'account.moved', ?, ?)");
        for (std::int64_t i = 0; i < events; ++i) {
            const std::string stream = "account-" + std::to_string(i % 1000), payload = portable(example(i));
            sqlite3_bind_text(insert.get(), 1, stream.data(), static_cast<int>(stream.size()), SQLITE_STATIC);
            sqlite3_bind_int64(insert.get(), 2, i / 1000 + 1);
            sqlite3_bind_int64(insert.get(), 3, i);
            sqlite3_bind_blob(insert.get(), 4, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
            check(sqlite3_step(insert.get()), by_hand.on.get());
            sqlite3_reset(insert.get());
        }
        by_hand.run("COMMIT");
    }

    double fold_ours() const {
        sums projection;
        const double took = seconds([&] { acta::fold(log, projection); });
        if (projection.amount != events * (events - 1) / 2) throw std::runtime_error("the fold is wrong");
        return static_cast<double>(events) / took;
    }
    double scan_by_hand() const {
        std::int64_t amount = 0;
        const double took = seconds([&] {
            const auto rows = by_hand.prepare("SELECT position, stream, version, type, recorded_at, payload FROM event ORDER BY position");
            while (sqlite3_step(rows.get()) == SQLITE_ROW) {
                const std::string stream(reinterpret_cast<const char*>(sqlite3_column_text(rows.get(), 1)));
                const std::string payload(static_cast<const char*>(sqlite3_column_blob(rows.get(), 5)), static_cast<std::size_t>(sqlite3_column_bytes(rows.get(), 5)));
                amount += from_portable(payload).amount;
                keep(stream);
            }
        });
        if (amount != events * (events - 1) / 2) throw std::runtime_error("the scan is wrong");
        return static_cast<double>(events) / took;
    }
};

}  // namespace

row replay_row(bool quick) {
    const auto both = std::make_shared<stores>(quick ? 200'000 : 1'000'000);
    return {"replay.memory", "/s", 2, false, [both] { return both->fold_ours(); }, [both] { return both->scan_by_hand(); }};
}

}  // namespace bench
