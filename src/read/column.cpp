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

std::string json_text(const json_codec& codec, const void* value, std::string_view column) {
    try {
        return codec.to_json(value);
    } catch (const failure& why) {
        throw failure(why.code(), "the column '" + std::string(column) + "' cannot be kept as JSON: " + why.what());
    }
}

void from_json_text(const json_codec& codec, const acta_value& held, void* value, std::string_view column) {
    try {
        codec.from_json({static_cast<const char*>(held.data), held.size}, value);
    } catch (const failure& why) { unreadable_value(column, held, ("JSON of its type (" + std::string(why.what()) + ")").c_str()); }
}

}  // namespace acta::detail::rows
