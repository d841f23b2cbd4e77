// Typed tables in SQL: checked descriptions, CREATE TABLE, and the comparison with a table that is there.
#include "replay/typed_table.hpp"

#include "event/text.hpp"
#include "replay/authority.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace acta::detail {

namespace {

constexpr std::size_t most_columns = 1'000;

[[noreturn]] void refuse(const std::string& table, const std::string& why) {
    throw failure(errc::misuse, "the table " + in_quotes(table) + " " + why);
}

bool sql_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && name.size() <= 60 && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string text(acta_text from) { return from.data ? std::string(from.data, from.size) : std::string(); }

std::string quoted(const std::string& name) { return '"' + name + '"'; }

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + quoted(name);
    return out;
}

const char* type_name(const std::string& table, std::int32_t type) {
    switch (type) {
    case ACTA_INTEGER: return "INTEGER";
    case ACTA_REAL: return "REAL";
    case ACTA_TEXT: return "TEXT";
    case ACTA_BLOB: return "BLOB";
    default: refuse(table, "has a column of a type that abi.h does not know");
    }
}

typed_table::column checked(const std::string& table, const acta_column* from) {
    if (!from || from->size < sizeof(acta_column)) refuse(table, "has a column description that is too short");
    const std::string name = text(from->name);
    if (!sql_name(name))
        refuse(table, "has a column named " + in_quotes(name) +
                          ": a column's name is 1 to 60 letters, digits and underscores, not beginning with a digit");
    if (from->key != 0 && from->nullable != 0) refuse(table, "has the column '" + name + "' in its key, which may be NULL: a key cannot");
    return {name, type_name(table, from->type), from->nullable != 0, from->key};
}

void check_key(const typed_table& table) {
    std::vector<int> places;
    for (const auto& column : table.columns)
        if (column.key != 0) places.push_back(column.key);
    std::sort(places.begin(), places.end());
    if (places.empty()) refuse(table.name, "has no key");
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i] != static_cast<int>(i + 1)) refuse(table.name, "has a key whose places are not 1, 2, 3 ...");
}

}  // namespace

typed_table::typed_table(const acta_table& from) {
    if (from.size < sizeof(acta_table)) refuse("", "has a description that is too short");
    name = text(from.name);
    const std::string lower = lower_case(name);
    if (!sql_name(name) || lower.starts_with("acta_") || lower.starts_with("sqlite_"))
        refuse(name, "needs another name: 1 to 60 letters, digits and underscores, not beginning with a digit, acta_ or sqlite_");
    if (from.column_count == 0 || from.column_count > most_columns)
        refuse(name, "has " + std::to_string(from.column_count) + " columns: 1 to 1,000 are possible");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < from.column_count; ++i) {
        columns.push_back(checked(name, from.columns[i]));
        if (!seen.insert(lower_case(columns.back().name)).second)
            refuse(name, "has two columns named '" + columns.back().name + "' (SQL makes no difference between upper and lower case)");
    }
    check_key(*this);
    for (std::size_t i = 0; i < from.index_count; ++i) {
        const acta_index* const index = from.indexes[i];
        if (!index || index->size < sizeof(acta_index) || index->column_count == 0)
            refuse(name, "has an index description that is too short");
        indexes.emplace_back();
        for (std::size_t k = 0; k < index->column_count; ++k) {
            if (index->columns[k] >= columns.size()) refuse(name, "has an index over a column that is not there");
            indexes.back().push_back(columns[index->columns[k]].name);
        }
    }
}

std::string typed_table::create_table() const {
    std::vector<const column*> key;
    for (const column& each : columns)
        if (each.key != 0) key.push_back(&each);
    std::sort(key.begin(), key.end(), [](const column* a, const column* b) { return a->key < b->key; });
    const bool row_id = key.size() == 1 && key[0]->type == "INTEGER";  // SQLite's own row number: the fastest key there is

    std::string sql = "CREATE TABLE " + quoted(name) + " (";
    for (const column& each : columns) {
        if (&each != &columns.front()) sql += ", ";
        sql += quoted(each.name) + " " + each.type;
        if (row_id && each.key != 0) sql += " PRIMARY KEY";
        if (!each.nullable) sql += " NOT NULL";
    }
    if (row_id) return sql + ") STRICT";
    std::vector<std::string> names;
    for (const column* each : key) names.push_back(each->name);
    return sql + ", PRIMARY KEY (" + joined(names) + ")) STRICT, WITHOUT ROWID";
}

std::vector<std::string> typed_table::create_indexes() const {
    std::vector<std::string> out;
    for (const auto& index : indexes) {
        std::string index_name = "acta_" + name + "_by";
        for (const std::string& each : index) index_name += "_" + each;
        out.push_back("CREATE INDEX " + quoted(index_name) + " ON " + quoted(name) + " (" + joined(index) + ")");
    }
    return out;
}

std::string typed_table::difference_to_stored(const connection& on) const {
    statement stored(on, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE");
    stored.bind(1, name);
    if (!stored.step()) return "it is not there";
    if (stored.text(0) == create_table()) return {};

    statement described(on, "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?)");
    described.bind(1, name);
    std::vector<column> there;
    while (described.step())
        there.push_back(
            {printable(described.text(0)), printable(described.text(1)), described.number(2) == 0, static_cast<int>(described.number(3))});
    const auto find = [](const std::vector<column>& in, const column& wanted) {
        return std::find_if(in.begin(), in.end(), [&](const column& each) { return each.name == wanted.name; });
    };
    for (const column& each : columns) {
        const auto same = find(there, each);
        if (same == there.end()) return "it has no column '" + each.name + "'";
        if (same->type != each.type) return "its column '" + each.name + "' is " + same->type + " there and " + each.type + " here";
        if (same->nullable != each.nullable)
            return "its column '" + each.name + "' may be NULL " + (same->nullable ? "there" : "here") + " and not " +
                   (same->nullable ? "here" : "there");
        if (same->key != each.key) return "its key is another one";
    }
    for (const column& each : there)
        if (find(columns, each) == columns.end()) return "it has a column '" + each.name + "' that is not here";
    return "its columns stand in another order";
}

void typed_table::adjust_indexes(const connection& on) const {
    const std::vector<std::string> wanted = create_indexes();
    std::vector<std::string> there, unwanted;
    {
        statement stored(on,
                         "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL");
        stored.bind(1, name);
        while (stored.step()) {
            there.emplace_back(stored.text(1));
            if (std::find(wanted.begin(), wanted.end(), there.back()) == wanted.end()) unwanted.emplace_back(stored.text(0));
        }
    }
    for (const std::string& index : unwanted) on.run(("DROP INDEX " + quoted(index)).c_str());
    for (const std::string& sql : wanted)
        if (std::find(there.begin(), there.end(), sql) == there.end()) on.run(sql.c_str());
}

}  // namespace acta::detail
