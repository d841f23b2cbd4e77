// Layouts for people: types in words, a structure's fields as lines, and what differs between two.
#include "layout_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace acta::cli {

namespace {

std::string joined(const std::vector<layout>& types, const char* between) {
    std::string text;
    for (const layout& each : types) text += (text.empty() ? "" : between) + words_of(each);
    return text;
}

std::string structure_words(const layout& type) {
    std::string text;
    for (const layout& field : type.inner)
        text += (text.empty() ? "" : ", ") + (field.name.empty() ? "" : field.name + " ") + words_of(field);
    return "{" + text + "}";
}

std::string enumeration_words(const layout& type) {
    std::string names;
    for (const auto& one : type.enumerators) names += fmt::format("{}{} {}", names.empty() ? "" : ", ", one.value, one.name);
    return fmt::format("enum of {} ({})", words_of(type.inner[0]), names.empty() ? "without names" : names);
}

std::string tick_words(const layout& type) {
    if (type.denominator == 1 && type.numerator == 1) return "seconds";
    return type.numerator == 1 ? fmt::format("1/{} s", type.denominator) : fmt::format("{}/{} s", type.numerator, type.denominator);
}

/// The structures inside of a type, with the path to each.
void put_fields(const layout& type, const std::string& path, std::vector<field_line>& out) {
    const bool many =
        type.kind == layout_kind::list || type.kind == layout_kind::set || type.kind == layout_kind::array || type.kind == layout_kind::map;
    for (std::size_t i = 0; i < type.inner.size(); ++i) {
        const layout& inner = type.inner[i];
        if (type.kind == layout_kind::structure) {
            const std::string here = (path.empty() ? "" : path + ".") + (inner.name.empty() ? std::to_string(i) : inner.name);
            out.push_back({here, &inner});
            put_fields(inner, here, out);
        } else {
            put_fields(inner, path + (many ? "[]" : ""), out);
        }
    }
}

}  // namespace

std::string words_of(const layout& type) {
    switch (type.kind) {
    case layout_kind::optional: return "optional " + words_of(type.inner[0]);
    case layout_kind::list: return "list of " + words_of(type.inner[0]);
    case layout_kind::array: return fmt::format("array of {} {}", type.size, words_of(type.inner[0]));
    case layout_kind::set: return "set of " + words_of(type.inner[0]);
    case layout_kind::map: return fmt::format("map from {} to {}", words_of(type.inner[0]), words_of(type.inner[1]));
    case layout_kind::tuple: return "(" + joined(type.inner, ", ") + ")";
    case layout_kind::variant: return "one of (" + joined(type.inner, " | ") + ")";
    case layout_kind::structure: return structure_words(type);
    case layout_kind::enumeration: return enumeration_words(type);
    case layout_kind::duration: return fmt::format("duration of {} in {}", words_of(type.inner[0]), tick_words(type));
    case layout_kind::time: return fmt::format("time of {} in {}", words_of(type.inner[0]), tick_words(type));
    default: {
        std::string scalar = layout(type).to_text();
        return scalar.substr(1, scalar.size() - 2);
    }
    }
}

std::vector<field_line> fields_of(const layout& structure) {
    std::vector<field_line> fields;
    put_fields(structure, {}, fields);
    return fields;
}

bool holds_unnamed_enum(const layout& field) {
    if (field.kind == layout_kind::enumeration) return field.enumerators.empty();
    return field.kind != layout_kind::structure && std::any_of(field.inner.begin(), field.inner.end(), holds_unnamed_enum);
}

std::vector<field_change> changes_between(const layout& before, const layout& after) {
    const std::vector<field_line> old_fields = fields_of(before), new_fields = fields_of(after);
    const auto at = [](const std::vector<field_line>& in, const std::string& path) {
        return std::find_if(in.begin(), in.end(), [&](const field_line& each) { return each.path == path; });
    };
    std::vector<field_change> changes;
    for (const field_line& each : old_fields) {
        const auto same = at(new_fields, each.path);
        if (same == new_fields.end()) changes.push_back({each.path, words_of(*each.type), {}});
        else if (words_of(*same->type) != words_of(*each.type)) changes.push_back({each.path, words_of(*each.type), words_of(*same->type)});
    }
    for (const field_line& each : new_fields)
        if (at(old_fields, each.path) == old_fields.end()) changes.push_back({each.path, {}, words_of(*each.type)});
    return changes;
}

}  // namespace acta::cli
