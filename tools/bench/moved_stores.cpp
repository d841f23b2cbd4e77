// Filling both stores.
#include "moved_stores.hpp"

#include <unistd.h>
#include <map>
#include <stdexcept>

namespace bench {

namespace fs = std::filesystem;

folder::folder() {
    static int made = 0;
    path_ = fs::temp_directory_path() / ("acta-bench-" + std::to_string(::getpid()) + "-" + std::to_string(++made));
    fs::create_directories(path_);
}
folder::~folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

table::table(const fs::path& file) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(file.c_str(), &opened);
    on.reset(opened);
    check(code);
}
void table::run(const char* sql) const { check(sqlite3_exec(on.get(), sql, nullptr, nullptr, nullptr)); }
std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> table::prepare(const char* sql) const {
    sqlite3_stmt* made = nullptr;
    check(sqlite3_prepare_v2(on.get(), sql, -1, &made, nullptr));
    return {made, &sqlite3_finalize};
}
void table::check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) throw std::runtime_error(sqlite3_errmsg(on.get()));
}

moved_stores::moved_stores(std::int64_t count) : events(count) {
    fill_ours();
    fill_by_hand();
}

void moved_stores::fill_ours() {
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

void moved_stores::fill_by_hand() const {
    by_hand.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    by_hand.run("CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, "
                "recorded_at INTEGER NOT NULL, payload BLOB NOT NULL, UNIQUE (stream, version))");
    by_hand.run("BEGIN");
    const auto insert =
        by_hand.prepare("INSERT INTO event (stream, version, type, recorded_at, payload) VALUES (?, ?, 'account.moved', ?, ?)");
    for (std::int64_t i = 0; i < events; ++i) {
        const std::string stream = "account-" + std::to_string(i % 1000), payload = portable(example(i));
        sqlite3_bind_text(insert.get(), 1, stream.data(), static_cast<int>(stream.size()), SQLITE_STATIC);
        sqlite3_bind_int64(insert.get(), 2, i / 1000 + 1);
        sqlite3_bind_int64(insert.get(), 3, i);
        sqlite3_bind_blob(insert.get(), 4, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
        by_hand.check(sqlite3_step(insert.get()));
        sqlite3_reset(insert.get());
    }
    by_hand.run("COMMIT");
}

const moved_stores& stores(bool quick) {
    static const moved_stores made(quick ? 200'000 : 1'000'000);
    return made;
}

}  // namespace bench
