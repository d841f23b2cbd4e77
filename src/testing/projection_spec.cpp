// Rows as text, and comparing those that were expected with those that were found.
#include <acta/event/json.hpp>
#include <acta/testing/projection_spec.hpp>

#include <algorithm>
#include <charconv>

namespace acta::testing::detail {

namespace {

std::string number_text(double value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string hex_text(byte_span bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "x'";
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4];
        text += digits[std::to_integer<unsigned>(byte) & 15];
    }
    return text + "'";
}

std::string value_text(const acta_value& value) {
    switch (value.type) {
    case ACTA_INTEGER: return std::to_string(value.integer);
    case ACTA_REAL: return number_text(value.real);
    case ACTA_TEXT: return json_quoted({static_cast<const char*>(value.data), value.size});
    case ACTA_BLOB: return hex_text({static_cast<const std::byte*>(value.data), value.size});
    default: return "null";
    }
}

std::string shown(const std::vector<std::string>& rows) {
    if (rows.empty()) return "\n  no rows";
    std::string text;
    for (const std::string& row : rows) text += "\n  " + row;
    return text;
}

}  // namespace

std::string columns_text(const std::vector<acta::detail::rows::column_info>& columns, std::span<const acta_value> values) {
    std::string text = "{";
    for (std::size_t i = 0; i < columns.size(); ++i)
        text += (i == 0 ? "" : ",") + json_quoted(columns[i].name) + ":" + value_text(values[i]);
    return text + "}";
}

void check_rows(std::vector<std::string> expected, const std::optional<found_rows>& found, const std::source_location& where) {
    if (!found) return report(false, "the projection has no table with rows of this type in tables()", where);
    std::vector<std::string> rows = found->rows;
    std::ranges::sort(expected);
    std::ranges::sort(rows);
    report(expected == rows, "expected in the table " + found->table + ":" + shown(expected) + "\nfound:" + shown(rows), where);
}

}  // namespace acta::testing::detail
