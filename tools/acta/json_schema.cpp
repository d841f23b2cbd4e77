// A layout as JSON Schema, draft 2020-12: the JSON of payloads as FORMAT.md describes it.
#include "json_schema.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace acta::cli {

namespace {

using json = nlohmann::ordered_json;

json schema_of(const layout& of);

template <class T>
json integer() {
    return {{"type", "integer"}, {"minimum", std::numeric_limits<T>::min()}, {"maximum", std::numeric_limits<T>::max()}};
}

json array_of(const layout& element) { return {{"type", "array"}, {"items", schema_of(element)}}; }

json tuple_of(const std::vector<layout>& types) {
    json items = json::array();
    for (const layout& each : types) items.push_back(schema_of(each));
    if (items.empty()) return {{"type", "array"}, {"maxItems", 0}};
    return {{"type", "array"}, {"prefixItems", items}, {"items", false}, {"minItems", types.size()}};
}

json object_of(const layout& structure) {
    json properties = json::object(), required = json::array();
    for (std::size_t i = 0; i < structure.inner.size(); ++i) {
        const layout& field = structure.inner[i];
        const std::string name = field.name.empty() ? std::to_string(i) : field.name;
        properties[name] = schema_of(field);
        required.push_back(name);
    }
    return {{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}};
}

json map_of(const layout& map) {
    if (map.inner[0].kind == layout_kind::text) return {{"type", "object"}, {"additionalProperties", schema_of(map.inner[1])}};
    return {{"type", "array"}, {"items", tuple_of(map.inner)}};
}

json variant_of(const layout& variant) {
    json one_of = json::array();
    for (std::size_t i = 0; i < variant.inner.size(); ++i)
        one_of.push_back({{"type", "object"},
                          {"properties", {{"index", {{"const", i}}}, {"value", schema_of(variant.inner[i])}}},
                          {"required", {"index", "value"}},
                          {"additionalProperties", false}});
    return {{"oneOf", one_of}};
}

/// A number that has no enumerator is printed as it is.
json enumeration_of(const layout& enumeration) {
    json number = schema_of(enumeration.inner[0]);
    if (enumeration.enumerators.empty()) return number;
    json names = json::array();
    for (const auto& one : enumeration.enumerators) names.push_back(one.name);
    return {{"anyOf", {{{"enum", names}}, number}}};
}

json time_of(const layout& time) {
    json number = schema_of(time.inner[0]);
    const bool decimal = time.numerator == 1 && (time.denominator == 1 || time.denominator == 1'000 || time.denominator == 1'000'000 ||
                                                 time.denominator == 1'000'000'000);
    if (!decimal || time.inner[0].kind != layout_kind::i64) return number;
    return {{"anyOf", {{{"type", "string"}, {"format", "date-time"}}, number}}};
}

json schema_of(const layout& of) {
    switch (of.kind) {
    case layout_kind::boolean: return {{"type", "boolean"}};
    case layout_kind::u8: return integer<std::uint8_t>();
    case layout_kind::u16: return integer<std::uint16_t>();
    case layout_kind::u32: return integer<std::uint32_t>();
    case layout_kind::u64: return integer<std::uint64_t>();
    case layout_kind::i8: return integer<std::int8_t>();
    case layout_kind::i16: return integer<std::int16_t>();
    case layout_kind::i32: return integer<std::int32_t>();
    case layout_kind::i64: return integer<std::int64_t>();
    case layout_kind::f32:
    case layout_kind::f64: return {{"type", {"number", "null"}}};
    case layout_kind::text: return {{"type", "string"}};
    case layout_kind::bytes: return {{"type", "string"}, {"contentEncoding", "base64"}};
    case layout_kind::optional: return {{"anyOf", {schema_of(of.inner[0]), {{"type", "null"}}}}};
    case layout_kind::list: return array_of(of.inner[0]);
    case layout_kind::set: {
        json set = array_of(of.inner[0]);
        set["uniqueItems"] = true;
        return set;
    }
    case layout_kind::array: {
        json array = array_of(of.inner[0]);
        array["minItems"] = of.size;
        array["maxItems"] = of.size;
        return array;
    }
    case layout_kind::map: return map_of(of);
    case layout_kind::tuple: return tuple_of(of.inner);
    case layout_kind::variant: return variant_of(of);
    case layout_kind::structure: return object_of(of);
    case layout_kind::enumeration: return enumeration_of(of);
    case layout_kind::duration: return schema_of(of.inner[0]);
    case layout_kind::time: return time_of(of);
    }
    return true;
}

}  // namespace

std::string json_schema(const layout& of, std::string_view title) {
    json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    schema.update(object_of(of));
    return schema.dump();
}

}  // namespace acta::cli
