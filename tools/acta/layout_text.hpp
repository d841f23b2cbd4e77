// Layouts for people: types in words, a structure's fields as lines, and what differs between two.
#pragma once

#include <acta/event/layout.hpp>

#include <string>
#include <vector>

namespace acta::cli {

/// "list of text", "optional i64", "map from text to i32", "{x i32, y i32}".
std::string words_of(const layout& type);

/// A field anywhere in a layout: "home.street", "lines[].amount"; a positional one is its number from 0.
struct field_line {
    std::string path{};
    const layout* type = nullptr;  ///< borrowed from the layout
};
/// Every field with those inside of it behind it, in the layout's order.
std::vector<field_line> fields_of(const layout& structure);

/// Is there an enumeration without acta_names in a field's value? Those inside of a structure are its own fields'.
bool holds_unnamed_enum(const layout& field);

struct field_change {
    std::string path{};
    std::string before{};  ///< in words; empty: added
    std::string after{};   ///< in words; empty: removed
};
/// What was removed, changed and added, by path. Fields that moved alone are no change.
std::vector<field_change> changes_between(const layout& before, const layout& after);

}  // namespace acta::cli
