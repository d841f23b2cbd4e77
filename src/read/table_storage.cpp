// The part of a table that does not depend on its row's type: its description and its statements.
#include <acta/read/table_storage.hpp>

namespace acta::detail::rows {

namespace {

std::string quoted(std::string_view name) { return '"' + std::string(name) + '"'; }

std::string shown(std::span<const acta_value> key) {
    std::string text;
    for (const acta_value& value : key) {
        if (!text.empty()) text += ", ";
        if (value.type == ACTA_TEXT) text += "'" + std::string(static_cast<const char*>(value.data), value.size) + "'";
        else if (value.type == ACTA_INTEGER) text += std::to_string(value.integer);
        else text += std::to_string(value.size) + " bytes";
    }
    return text;
}

}  // namespace

void table_storage::bind(const binding& to) {
    const auto text = [](const std::string& from) { return acta_text{from.data(), from.size()}; };
    std::vector<acta_column> columns;
    for (const column_info& column : shape_.columns)
        columns.push_back({sizeof(acta_column), text(column.name), column.type, column.nullable ? 1 : 0, 0, 0});
    for (std::size_t i = 0; i < shape_.key.size(); ++i) columns[shape_.key[i]].key = static_cast<std::int32_t>(i + 1);
    std::vector<acta_index> indexes;
    for (const auto& index : shape_.indexes) indexes.push_back({sizeof(acta_index), index.data(), index.size()});

    std::vector<const acta_column*> column_list;
    for (const acta_column& column : columns) column_list.push_back(&column);
    std::vector<const acta_index*> index_list;
    for (const acta_index& index : indexes) index_list.push_back(&index);
    define(*to.database,
           {sizeof(acta_table), text(shape_.name), column_list.data(), column_list.size(), index_list.data(), index_list.size()});
    to_ = to;
}

void table_storage::require_bound() const {
    if (to_) return;
    throw failure(errc::misuse,
                  "the table '" + shape_.name +
                      "' belongs to no read model: name it in the projection's `auto tables() { return std::tie(...); }`, and "
                      "use it while events are applied or through read()");
}

std::string table_storage::listed(const std::vector<std::size_t>& columns) const {
    std::string text;
    for (const std::size_t column : columns) text += (text.empty() ? "" : ", ") + quoted(shape_.columns[column].name);
    return text;
}

bound_statement table_storage::prepared(const std::string& sql) const {
    require_bound();
    return bound_statement(*to_.database, sql, ACTA_BY_TABLE);
}

namespace {

std::string all_columns(const table_shape& shape) {
    std::string text;
    for (const column_info& column : shape.columns) text += (text.empty() ? "" : ", ") + quoted(column.name);
    return text;
}

std::string where_key(const table_shape& shape) {
    std::string text;
    for (const std::size_t column : shape.key) text += (text.empty() ? " WHERE " : " AND ") + quoted(shape.columns[column].name) + " = ?";
    return text;
}

}  // namespace

bool table_storage::load(std::span<const acta_value> key, std::span<acta_value> row) {
    if (!select_) select_ = prepared("SELECT " + all_columns(shape_) + " FROM " + quoted(shape_.name) + where_key(shape_));
    return select_.run(key, row);
}

void table_storage::put(std::span<const acta_value> row, std::size_t filled) {
    if (filled != row.size())
        throw failure(errc::misuse, "its serialize() named " + std::to_string(filled) + " fields, but " + std::to_string(row.size()) +
                                        " for a default row: it must not branch");
    if (!put_) {
        std::string places;
        for (std::size_t i = 0; i < row.size(); ++i) places += i == 0 ? "?" : ", ?";
        put_ = prepared("INSERT OR REPLACE INTO " + quoted(shape_.name) + " (" + all_columns(shape_) + ") VALUES (" + places + ")");
    }
    put_.run(row);
}

void table_storage::remove(std::span<const acta_value> key) {
    if (!remove_) remove_ = prepared("DELETE FROM " + quoted(shape_.name) + where_key(shape_));
    remove_.run(key);
}

std::size_t table_storage::count() {
    if (!count_) count_ = prepared("SELECT count(*) FROM " + quoted(shape_.name));
    acta_value number{};
    count_.run({}, {&number, 1});
    count_.reset();
    return static_cast<std::size_t>(number.integer);
}

bound_statement table_storage::in_key_order() const {
    return prepared("SELECT " + all_columns(shape_) + " FROM " + quoted(shape_.name) + " ORDER BY " + listed(shape_.key));
}

bound_statement table_storage::in_range(const std::vector<std::size_t>& columns, bool first, bool last) const {
    std::string places;
    for (std::size_t i = 0; i < columns.size(); ++i) places += i == 0 ? "?" : ", ?";
    const std::string names = listed(columns);
    std::string where;
    if (first) where += " WHERE (" + names + ") >= (" + places + ")";
    if (last) where += (first ? " AND (" : " WHERE (") + names + ") <= (" + places + ")";
    return prepared("SELECT " + all_columns(shape_) + " FROM " + quoted(shape_.name) + where + " ORDER BY " + names + ", " +
                    listed(shape_.key));
}

void table_storage::unknown_key(std::span<const acta_value> key) const {
    throw failure(errc::not_found,
                  "the table '" + shape_.name + "' has no row " + shown(key) + " to edit: use [] where the row may be new");
}

void table_storage::changed_key(std::span<const acta_value> key) const {
    throw failure(errc::misuse, "in the table '" + shape_.name + "' the key of the row " + shown(key) +
                                    " was changed through a reference: erase that row and put one with the other key");
}

void table_storage::refused_row(std::span<const acta_value> key, const failure& why) const {
    throw failure(why.code(), "in the table '" + shape_.name + "', row " + shown(key) + ": " + why.what());
}

}  // namespace acta::detail::rows
