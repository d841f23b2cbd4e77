// The sentences of values that cannot be a column's.
#include <acta/read/column.hpp>

namespace acta::detail::rows {

namespace {

std::string shown(const acta_value& value) {
    switch (value.type) {
    case ACTA_NULL: return "NULL";
    case ACTA_INTEGER: return std::to_string(value.integer);
    case ACTA_REAL: return std::to_string(value.real);
    case ACTA_TEXT: return "the text '" + std::string(static_cast<const char*>(value.data), std::min<std::size_t>(value.size, 40)) + "'";
    default: return std::to_string(value.size) + " bytes";
    }
}

}  // namespace

void refuse_value(std::string_view column, const char* why) {
    throw failure(errc::too_large, "the column '" + std::string(column) + "' " + why + ": use another type for it");
}

void unreadable_value(std::string_view column, const acta_value& held, const char* asked) {
    throw failure(errc::damaged, "the column '" + std::string(column) + "' holds " + shown(held) + " where " + asked +
                                     " was expected: it was written by another program or another version of this one");
}

}  // namespace acta::detail::rows
