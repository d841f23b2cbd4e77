// A layout as text, the same on every machine, and back, with every word of the text checked.
#include <acta/event/layout.hpp>
#include <acta/event/result.hpp>

#include <nlohmann/json.hpp>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <set>

namespace acta {

namespace {

using json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 13> scalar_names{"bool", "u8",  "u16", "u32", "u64",  "i8",   "i16",
                                                        "i32",  "i64", "f32", "f64", "text", "bytes"};

[[noreturn]] void not_a_layout(const std::string& why) { throw failure(errc::damaged, "the layout is not one that acta stores: " + why); }

json type_json(const layout& of);

json list_of_types(const std::vector<layout>& inner) {
    json list = json::array();
    for (const layout& one : inner) list.push_back(type_json(one));
    return list;
}

json fields_json(const layout& of) {
    json list = json::array();
    for (const layout& field : of.inner) {
        json one = json::object();  // by itself the library makes an object of nothing, and crashes when there is no memory for it
        if (!field.name.empty()) one["name"] = field.name;
        one["type"] = type_json(field);
        list.push_back(std::move(one));
    }
    return list;
}

json ticks_json(const char* word, const layout& of) { return {{word, type_json(of.inner[0])}, {"tick", {of.numerator, of.denominator}}}; }

json enumeration_json(const layout& of) {
    json out = {{"enum", type_json(of.inner[0])}};
    if (!of.enumerators.empty()) {
        out["names"] = json::array();
        for (const auto& one : of.enumerators) out["names"].push_back({one.value, one.name});
    }
    return out;
}

json type_json(const layout& of) {
    switch (of.kind) {
    case layout_kind::optional: return {{"optional", type_json(of.inner[0])}};
    case layout_kind::list: return {{"list", type_json(of.inner[0])}};
    case layout_kind::array: return {{"array", type_json(of.inner[0])}, {"size", of.size}};
    case layout_kind::set: return {{"set", type_json(of.inner[0])}};
    case layout_kind::map: return {{"map", type_json(of.inner[0])}, {"to", type_json(of.inner[1])}};
    case layout_kind::tuple: return {{"tuple", list_of_types(of.inner)}};
    case layout_kind::variant: return {{"variant", list_of_types(of.inner)}};
    case layout_kind::structure: return {{"struct", fields_json(of)}};
    case layout_kind::enumeration: return enumeration_json(of);
    case layout_kind::duration: return ticks_json("duration", of);
    case layout_kind::time: return ticks_json("time", of);
    default: return scalar_names[static_cast<std::size_t>(of.kind)];
    }
}

class layout_parser {
public:
    static layout parse(const json& from, int depth = 0) {
        if (depth >= layout::max_depth) not_a_layout("it is nested more than 32 types deep");
        if (from.is_string()) return scalar(from.get_ref<const std::string&>());
        if (!from.is_object() || from.empty()) not_a_layout("a type is neither a name nor an object");
        const std::string& word = from.begin().key();
        const json& of = from.begin().value();
        const auto one = [&](layout_kind kind) { return node(kind, {parse(of, depth + 1)}); };
        layout out;
        if (word == "optional") out = one(layout_kind::optional);
        else if (word == "list") out = sized(one(layout_kind::list));
        else if (word == "set") out = sized(one(layout_kind::set));
        else if (word == "array") out = sized(one(layout_kind::array)), out.size = number<std::uint64_t>(member(from, "size"));
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
    static const json& member(const json& from, const char* name) {
        const auto found = from.find(name);
        if (found == from.end()) not_a_layout(std::string("a type lacks its \"") + name + "\"");
        return *found;
    }
    template <class T>
    static T number(const json& from) {
        if (!from.is_number_integer() || (std::is_unsigned_v<T> && !from.is_number_unsigned())) not_a_layout("a number is missing");
        return from.get<T>();
    }
    static std::vector<layout> each(const json& from, int depth) {
        if (!from.is_array()) not_a_layout("a list of types is missing");
        std::vector<layout> out;
        for (const json& one : from) out.push_back(parse(one, depth + 1));
        return out;
    }
    static std::vector<layout> fields(const json& from, int depth) {
        if (!from.is_array()) not_a_layout("a list of fields is missing");
        std::vector<layout> out;
        std::set<std::string_view> names;
        for (const json& one : from) {
            if (!one.is_object()) not_a_layout("a field is not an object");
            out.push_back(parse(member(one, "type"), depth + 1));
            if (const auto name = one.find("name"); name != one.end()) {
                if (!name->is_string() || name->get_ref<const std::string&>().empty()) not_a_layout("a field's name is not a text");
                out.back().name = name->get<std::string>();
                if (!names.insert(name->get_ref<const std::string&>()).second)
                    not_a_layout("two fields of a structure are named \"" + out.back().name.substr(0, 40) + "\"");
            }
        }
        return out;
    }
    static layout enumeration(const json& from, layout out) {
        require_integer(out.inner[0]);
        if (const auto names = from.find("names"); names != from.end()) {
            if (!names->is_array() || names->empty()) not_a_layout("an enumeration's names are not a list");
            for (const json& one : *names) {
                if (!one.is_array() || one.size() != 2 || !one[1].is_string()) not_a_layout("an enumerator is not a number and a name");
                out.enumerators.push_back({number<std::int64_t>(one[0]), one[1].get<std::string>()});
            }
        }
        return out;
    }
    static layout ticks(const json& from, layout out) {
        const bool is_float = out.inner[0].kind == layout_kind::f32 || out.inner[0].kind == layout_kind::f64;
        if (!is_float) require_integer(out.inner[0]);
        const json& tick = member(from, "tick");
        if (!tick.is_array() || tick.size() != 2) not_a_layout("a tick is not two numbers");
        out.numerator = number<std::int64_t>(tick[0]);
        out.denominator = number<std::int64_t>(tick[1]);
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
        return type_json(*this).dump();
    } catch (const json::type_error&) {
        throw failure(errc::misuse, "a field or enumerator has a name that is not UTF-8: write it in UTF-8");
    }
}

layout layout::from_text(std::string_view text) {
    if (text.size() > max_text) not_a_layout("it is longer than 1 MiB");
    const json parsed = json::parse(text, nullptr, false);
    if (parsed.is_discarded()) not_a_layout("it is not JSON");
    layout out = layout_parser::parse(parsed);
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
