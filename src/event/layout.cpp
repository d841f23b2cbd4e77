// A layout as text, the same on every machine, and back, with every word of the text checked.
#include <acta/event/layout.hpp>
#include <acta/event/result.hpp>

#include "json_value.hpp"

#include <nlohmann/json.hpp>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <set>

namespace acta {

namespace {

using detail::json_value;

constexpr std::array<std::string_view, 13> scalar_names{"bool", "u8",  "u16", "u32", "u64",  "i8",   "i16",
                                                        "i32",  "i64", "f32", "f64", "text", "bytes"};

[[noreturn]] void not_a_layout(const std::string& why) { throw failure(errc::damaged, "the layout is not one that acta stores: " + why); }

std::string type_text(const layout& of);

std::string quoted(const std::string& name) { return nlohmann::json(name).dump(); }

template <class List, class Text>
std::string list_text(const List& all, Text text_of) {
    std::string out = "[";
    for (const auto& each : all) out += (out.size() > 1 ? "," : "") + text_of(each);
    return out + ']';
}

std::string field_text(const layout& field) {
    return (field.name.empty() ? "{" : "{\"name\":" + quoted(field.name) + ',') + "\"type\":" + type_text(field) + '}';
}

std::string enumerator_text(const layout::enumerator& one) { return '[' + std::to_string(one.value) + ',' + quoted(one.name) + ']'; }

std::string names_text(const layout& of) {
    return of.enumerators.empty() ? "" : ",\"names\":" + list_text(of.enumerators, enumerator_text);
}

std::string tick_text(const layout& of) {
    return ",\"tick\":[" + std::to_string(of.numerator) + ',' + std::to_string(of.denominator) + ']';
}

std::string type_text(const layout& of) {
    const auto object = [](const std::string& word, const std::string& inner, const std::string& more = {}) {
        return "{\"" + word + "\":" + inner + more + '}';
    };
    const auto inner = [&](std::size_t i) { return type_text(of.inner[i]); };
    switch (of.kind) {
    case layout_kind::optional: return object("optional", inner(0));
    case layout_kind::list: return object("list", inner(0));
    case layout_kind::array: return object("array", inner(0), ",\"size\":" + std::to_string(of.size));
    case layout_kind::set: return object("set", inner(0));
    case layout_kind::map: return object("map", inner(0), ",\"to\":" + inner(1));
    case layout_kind::tuple: return object("tuple", list_text(of.inner, type_text));
    case layout_kind::variant: return object("variant", list_text(of.inner, type_text));
    case layout_kind::structure: return object("struct", list_text(of.inner, field_text));
    case layout_kind::enumeration: return object("enum", inner(0), names_text(of));
    case layout_kind::duration: return object("duration", inner(0), tick_text(of));
    case layout_kind::time: return object("time", inner(0), tick_text(of));
    default: return '"' + std::string(scalar_names[static_cast<std::size_t>(of.kind)]) + '"';
    }
}

class layout_parser {
public:
    static layout parse(const json_value& from, int depth = 0) {
        if (depth >= layout::max_depth) not_a_layout("it is nested more than 32 types deep");
        if (const auto* const name = from.as<std::string>()) return scalar(*name);
        const auto* const members = from.as<json_value::object>();
        if (members == nullptr || members->empty()) not_a_layout("a type is neither a name nor an object");
        const auto& word = members->front().first;
        const auto& of = members->front().second;
        const auto one = [&](layout_kind kind) { return node(kind, {parse(of, depth + 1)}); };
        layout out;
        if (word == "optional") out = one(layout_kind::optional);
        else if (word == "list") out = sized(one(layout_kind::list));
        else if (word == "set") out = sized(one(layout_kind::set));
        else if (word == "array") out = sized(one(layout_kind::array)), out.size = natural_number(member(from, "size"));
        else if (word == "map") out = sized(node(layout_kind::map, {parse(of, depth + 1), parse(member(from, "to"), depth + 1)}));
        else if (word == "tuple") out = node(layout_kind::tuple, each(of, depth));
        else if (word == "variant") out = node(layout_kind::variant, each(of, depth));
        else if (word == "struct") out = node(layout_kind::structure, fields(of, depth));
        else if (word == "enum") out = enumeration(from, one(layout_kind::enumeration));
        else if (word == "duration") out = ticks(from, one(layout_kind::duration));
        else if (word == "time") out = ticks(from, one(layout_kind::time));
        else not_a_layout("there is no type of the kind \"" + word.substr(0, 40) + "\"");
        if (out.kind == layout_kind::variant && out.inner.empty()) not_a_layout("a variant has no alternative");
        return out;
    }

private:
    static layout node(layout_kind kind, std::vector<layout> inner) {
        layout out;
        out.kind = kind;
        out.inner = std::move(inner);
        return out;
    }
    static layout scalar(const std::string& name) {
        const auto found = std::find(scalar_names.begin(), scalar_names.end(), name);
        if (found == scalar_names.end()) not_a_layout("there is no type named \"" + name.substr(0, 40) + "\"");
        return node(static_cast<layout_kind>(found - scalar_names.begin()), {});
    }
    /// Elements of no bytes would make a count of them uncheckable.
    static layout sized(layout of) {
        if (min_size(of.inner[0]) == 0) not_a_layout("the elements of a container have no fields");
        return of;
    }
    static const json_value& member(const json_value& from, const char* name) {
        const json_value* const found = from.find(name);
        if (found == nullptr) not_a_layout(std::string("a type lacks its \"") + name + "\"");
        return *found;
    }
    static std::uint64_t natural_number(const json_value& from) {
        const auto* const found = from.as<std::uint64_t>();
        if (found == nullptr) not_a_layout("a number is missing");
        return *found;
    }
    static std::int64_t number(const json_value& from) {
        const auto* const negative = from.as<std::int64_t>();
        return negative != nullptr ? *negative
                                   : static_cast<std::int64_t>(natural_number(from));  // too large: it is written in another way
    }
    static const json_value::list& list(const json_value& from, const std::string& refusal) {
        const auto* const found = from.as<json_value::list>();
        if (found == nullptr) not_a_layout(refusal);
        return *found;
    }
    static std::vector<layout> each(const json_value& from, int depth) {
        std::vector<layout> out;
        for (const json_value& one : list(from, "a list of types is missing")) out.push_back(parse(one, depth + 1));
        return out;
    }
    static std::vector<layout> fields(const json_value& from, int depth) {
        std::vector<layout> out;
        std::set<std::string_view> names;
        for (const json_value& one : list(from, "a list of fields is missing")) {
            if (one.as<json_value::object>() == nullptr) not_a_layout("a field is not an object");
            out.push_back(parse(member(one, "type"), depth + 1));
            if (const json_value* const given = one.find("name")) {
                const auto* const name = given->as<std::string>();
                if (name == nullptr || name->empty()) not_a_layout("a field's name is not a text");
                out.back().name = *name;
                if (!names.insert(*name).second)
                    not_a_layout("two fields of a structure are named \"" + out.back().name.substr(0, 40) + "\"");
            }
        }
        return out;
    }
    static layout enumeration(const json_value& from, layout out) {
        require_integer(out.inner[0]);
        const json_value* const names = from.find("names");
        if (names == nullptr) return out;
        const char *const no_list = "an enumeration's names are not a list", *const no_enumerator =
                                                                                 "an enumerator is not a number and a name";
        if (list(*names, no_list).empty()) not_a_layout(no_list);
        for (const json_value& one : list(*names, no_list)) {
            const auto& pair = list(one, no_enumerator);
            if (pair.size() != 2 || pair[1].as<std::string>() == nullptr) not_a_layout(no_enumerator);
            out.enumerators.push_back({number(pair[0]), *pair[1].as<std::string>()});
        }
        return out;
    }
    static layout ticks(const json_value& from, layout out) {
        const bool is_float = out.inner[0].kind == layout_kind::f32 || out.inner[0].kind == layout_kind::f64;
        if (!is_float) require_integer(out.inner[0]);
        const char* const not_two = "a tick is not two numbers";
        const auto& tick = list(member(from, "tick"), not_two);
        if (tick.size() != 2) not_a_layout(not_two);
        out.numerator = number(tick[0]);
        out.denominator = number(tick[1]);
        if (out.numerator <= 0 || out.denominator <= 0) not_a_layout("a tick is not positive");
        return out;
    }
    static void require_integer(const layout& of) {
        if (of.kind < layout_kind::u8 || of.kind > layout_kind::i64) not_a_layout("an integer type is missing");
    }
};

}  // namespace

std::string layout::to_text() const {
    try {
        return type_text(*this);
    } catch (const nlohmann::json::type_error&) {
        throw failure(errc::misuse, "a field or enumerator has a name that is not UTF-8: write it in UTF-8");
    }
}

layout layout::from_text(std::string_view text) {
    if (text.size() > max_text) not_a_layout("it is longer than 1 MiB");
    const auto parsed = json_value::from_text(text);
    if (!parsed) not_a_layout("it is not JSON");
    layout out = layout_parser::parse(*parsed);
    if (out.to_text() != text) not_a_layout("it is not written the one way in which acta writes layouts");
    return out;
}

std::uint64_t fingerprint_of(std::string_view layout_text) noexcept { return XXH3_64bits(layout_text.data(), layout_text.size()); }

std::size_t min_size(const layout& of) noexcept {
    const auto sum = [&] {
        std::size_t total = 0;
        for (const layout& one : of.inner) total += min_size(one);
        return total;
    };
    switch (of.kind) {
    case layout_kind::f32: return 4;
    case layout_kind::f64: return 8;
    case layout_kind::array: return of.size == 0 ? 0 : min_size(of.inner[0]);  // a lower bound is all that is needed
    case layout_kind::tuple:
    case layout_kind::structure: return sum();
    case layout_kind::enumeration:
    case layout_kind::duration:
    case layout_kind::time: return min_size(of.inner[0]);
    default: return 1;
    }
}

}  // namespace acta
