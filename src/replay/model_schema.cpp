// A read model's own tables (READ_MODEL.md).
#include "replay/model_schema.hpp"

#include "event/text.hpp"
#include "store/schema.hpp"

#include <array>
#include <string>

namespace acta::detail {

namespace {

struct own_table {
    std::string_view name;
    std::string_view sql;
};

constexpr std::array<own_table, 5> own_tables{{
    {"acta_read_model", "CREATE TABLE acta_read_model (key TEXT PRIMARY KEY NOT NULL, value ANY NOT NULL) STRICT, WITHOUT ROWID"},
    {"acta_projection", "CREATE TABLE acta_projection (name TEXT PRIMARY KEY NOT NULL, revision INTEGER NOT NULL, tables TEXT NOT NULL, "
                        "fingerprint INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    {"acta_table",
     "CREATE TABLE acta_table (name TEXT PRIMARY KEY COLLATE NOCASE NOT NULL, projection TEXT NOT NULL) STRICT, WITHOUT ROWID"},
    {"acta_checkpoint",
     "CREATE TABLE acta_checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), store BLOB NOT NULL, position INTEGER NOT NULL, "
     "entry_checksum INTEGER NOT NULL, generation INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT"},
    {"acta_dead_letter",
     "CREATE TABLE acta_dead_letter (projection TEXT NOT NULL, stream TEXT NOT NULL, first_version INTEGER NOT NULL, "
     "position INTEGER NOT NULL, type TEXT NOT NULL, revision INTEGER NOT NULL, error TEXT NOT NULL, attempts INTEGER NOT NULL, "
     "whole_stream INTEGER NOT NULL, parked_at INTEGER NOT NULL, PRIMARY KEY (projection, stream, first_version)) STRICT, WITHOUT ROWID"},
}};

/// Triggers and views are those that the projections' own statements made, and acta's tables have nothing beside them: all else would be
/// run with what the runner writes. SQLite keeps a statement from the name on as it was given.
void check_what_runs(const connection& on) {
    statement strange(on,
                      "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL AND type <> 'table' AND (tbl_name LIKE 'acta\\_%' ESCAPE "
                      "'\\' OR (type IN ('trigger', 'view') AND NOT EXISTS (SELECT 1 FROM acta_projection WHERE instr(tables, "
                      "substr(sql, length('CREATE ' || type || ' ') + 1)) > 0)))");
    if (!strange.step()) return;
    throw failure(errc::damaged, on.shown() + ": no projection made its " + printable(strange.text(0)) + " " + in_quotes(strange.text(1)) +
                                     ": somebody did, delete the file and replay");
}

}  // namespace

void make_model(const connection& on, timestamp now) {
    on.run("BEGIN EXCLUSIVE");
    for (const own_table& table : own_tables) on.run(std::string(table.sql).c_str());
    on.run(("PRAGMA application_id=" + std::to_string(model_mark.application_id)).c_str());
    on.run(("PRAGMA user_version=" + std::to_string(model_mark.format)).c_str());
    statement(on, "INSERT INTO acta_read_model (key, value) VALUES ('created_at', ?)").bind(1, now.time_since_epoch().count()).finish();
    on.run("COMMIT");
}

void check_model(const connection& on) {
    statement stored(on, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
    for (const own_table& table : own_tables) {
        const reset_at_exit reset(stored);
        if (stored.bind(1, table.name).step() && stored.text(0) == table.sql) continue;
        throw failure(errc::damaged, on.shown() + ": its table " + std::string(table.name) +
                                         " is missing or another one: delete the file and replay, a read model can always be rebuilt");
    }
    check_pages(on);
    check_what_runs(on);
}

}  // namespace acta::detail
