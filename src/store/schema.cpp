// The tables of a store as SQL, and the comparison of a file's schema with them.
#include "schema.hpp"

#include "checksum.hpp"
#include "event/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace acta::detail {

namespace {

constexpr std::array<std::string_view, 25> statements{
    "CREATE TABLE store (key TEXT PRIMARY KEY NOT NULL, value ANY NOT NULL, checksum INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE stream (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE, closed_at INTEGER, checksum INTEGER NOT NULL) STRICT",
    "CREATE TABLE event_type (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, fingerprint INTEGER NOT "
    "NULL, "
    "layout TEXT NOT NULL, checksum INTEGER NOT NULL, UNIQUE (name, revision, fingerprint)) STRICT",
    "CREATE TABLE entry (last_position INTEGER PRIMARY KEY NOT NULL, stream INTEGER NOT NULL, last_version INTEGER NOT NULL, "
    "recorded_at INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
    "CREATE UNIQUE INDEX entry_stream ON entry (stream, last_version)",
    "CREATE TABLE tag (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE, checksum INTEGER NOT NULL) STRICT",
    "CREATE TABLE entry_tag (tag INTEGER NOT NULL, last_position INTEGER NOT NULL, PRIMARY KEY (tag, last_position)) STRICT, WITHOUT ROWID",
    "CREATE TABLE command (id ANY PRIMARY KEY NOT NULL, recorded_at INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, "
    "answer BLOB NOT NULL, checksum INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX command_age ON command (recorded_at)",
    "CREATE TABLE snapshot (stream INTEGER PRIMARY KEY NOT NULL, version INTEGER NOT NULL, fingerprint INTEGER NOT NULL, data BLOB NOT "
    "NULL, "
    "checksum INTEGER NOT NULL) STRICT",

    "CREATE TRIGGER entry_is_never_updated BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never changed'); "
    "END",
    "CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never deleted'); "
    "END",
    "CREATE TRIGGER entry_is_never_replaced BEFORE INSERT ON entry WHEN NEW.last_position <= (SELECT coalesce(max(last_position), 0) FROM "
    "entry) "
    "OR EXISTS (SELECT 1 FROM entry WHERE stream = NEW.stream AND last_version >= NEW.last_version) "
    "BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never replaced'); END",
    "CREATE TRIGGER event_type_is_never_updated BEFORE UPDATE ON event_type BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never "
    "changed'); END",
    "CREATE TRIGGER event_type_is_never_deleted BEFORE DELETE ON event_type BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never "
    "deleted'); END",
    "CREATE TRIGGER event_type_is_never_replaced BEFORE INSERT ON event_type WHEN EXISTS (SELECT 1 FROM event_type WHERE id = NEW.id "
    "OR (name = NEW.name AND revision = NEW.revision AND fingerprint = NEW.fingerprint)) "
    "BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never replaced'); END",
    "CREATE TRIGGER stream_is_never_renamed BEFORE UPDATE OF id, name ON stream BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never "
    "changed'); END",
    "CREATE TRIGGER stream_is_never_deleted BEFORE DELETE ON stream BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never deleted'); "
    "END",
    "CREATE TRIGGER stream_is_never_replaced BEFORE INSERT ON stream WHEN EXISTS (SELECT 1 FROM stream WHERE id = NEW.id OR name = "
    "NEW.name) "
    "BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never replaced'); END",
    "CREATE TRIGGER tag_is_never_updated BEFORE UPDATE ON tag BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never changed'); END",
    "CREATE TRIGGER tag_is_never_deleted BEFORE DELETE ON tag BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never deleted'); END",
    "CREATE TRIGGER tag_is_never_replaced BEFORE INSERT ON tag WHEN EXISTS (SELECT 1 FROM tag WHERE id = NEW.id OR name = NEW.name) "
    "BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never replaced'); END",
    "CREATE TRIGGER store_is_never_updated BEFORE UPDATE ON store BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never changed'); "
    "END",
    "CREATE TRIGGER store_is_never_deleted BEFORE DELETE ON store BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never deleted'); "
    "END",
    "CREATE TRIGGER store_is_never_replaced BEFORE INSERT ON store WHEN EXISTS (SELECT 1 FROM store WHERE key = NEW.key) "
    "BEGIN SELECT RAISE(ABORT, 'acta: what is recorded is never replaced'); END",
};

void put(const connection& on, std::string_view key, std::int64_t value) {
    statement(on, "INSERT INTO store (key, value, checksum) VALUES (?, ?, ?)")
        .bind(1, key)
        .bind(2, value)
        .bind(3, row_checksum().add(key).add(value).value())
        .finish();
}

void put(const connection& on, std::string_view key, byte_span value) {
    statement(on, "INSERT INTO store (key, value, checksum) VALUES (?, ?, ?)")
        .bind(1, key)
        .bind(2, value)
        .bind(3, row_checksum().add(key).add(value).value())
        .finish();
}

/// A row of SQLite's list of what a file holds.
struct schema_object {
    std::string kind{};
    std::string name{};
    std::string table{};
    std::string sql{};  ///< nothing for an index that SQLite makes by itself
    auto operator<=>(const schema_object&) const = default;
};

std::vector<schema_object> objects(const connection& on) {
    std::vector<schema_object> out;
    statement query(on, "SELECT type, name, tbl_name, sql FROM sqlite_schema");
    while (query.step())
        out.push_back({std::string(query.text(0)), std::string(query.text(1)), std::string(query.text(2)), std::string(query.text(3))});
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<schema_object> expected_objects() {
    const connection empty(":memory:", SQLITE_OPEN_READWRITE, "", ":memory:");
    for (const std::string_view sql : statements) empty.run(std::string(sql).c_str());
    return objects(empty);
}

}  // namespace

std::span<const std::string_view> store_schema() noexcept { return statements; }

void make_store(const connection& on, byte_span uuid, std::int64_t created_at) {
    on.run("BEGIN EXCLUSIVE");
    for (const std::string_view sql : statements) on.run(std::string(sql).c_str());
    on.run(("PRAGMA application_id=" + std::to_string(store_mark.application_id)).c_str());
    on.run(("PRAGMA user_version=" + std::to_string(store_mark.format)).c_str());
    put(on, "format", static_cast<std::int64_t>(store_mark.format));
    put(on, "uuid", uuid);
    put(on, "created_at", created_at);
    on.run("COMMIT");
}

void check_schema(const connection& on) {
    static const std::vector<schema_object> expected = expected_objects();
    const std::vector<schema_object> found = objects(on);
    const auto without = [](const std::vector<schema_object>& all, const std::vector<schema_object>& known) {
        std::vector<schema_object> rest;
        std::set_difference(all.begin(), all.end(), known.begin(), known.end(), std::back_inserter(rest));
        return rest;
    };
    const auto refuse = [&](const schema_object& odd, const char* what_to_do) {
        throw failure(errc::damaged, on.shown() + ": its tables and triggers are not those of an acta store (" +
                                         printable(std::string_view(odd.kind).substr(0, 20)) + " " + in_quotes(odd.name) +
                                         "): somebody changed them, " + what_to_do);
    };
    if (const auto missing = without(expected, found); !missing.empty()) refuse(missing.front(), "restore it from a copy");
    if (const auto added = without(found, expected); !added.empty())
        refuse(added.front(), added.front().name.starts_with("sqlite_stat")
                                  ? "by ANALYZE; DROP TABLE it, and all is as it was"
                                  : "drop what was added and look with `acta verify`, or restore it from a copy");
    check_pages(on);
}

void check_pages(const connection& on) {
    if (on.number("SELECT count(*) - count(DISTINCT rootpage) FROM sqlite_schema WHERE rootpage <> 0") != 0)
        throw failure(errc::damaged,
                      on.shown() + ": two of its tables begin at the same page: somebody changed them, restore it from a copy");
}

}  // namespace acta::detail
