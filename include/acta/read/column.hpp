// Which C++ types may be a column of a table or a parameter of an SQL statement, and how they become one and come back.
#pragma once

#include <acta/event/encoding.hpp>
#include <acta/event/field.hpp>
#include <acta/event/result.hpp>
#include <acta/event/strong.hpp>
#include <acta/read/abi.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace acta::detail::rows {

// ---- what a type is to a table ------------------------------------------------------------------------------------------------

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_bytes = false;
template <>
inline constexpr bool is_bytes<std::vector<std::byte>> = true;
template <>
inline constexpr bool is_bytes<std::vector<unsigned char>> = true;
template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;
template <class T>
inline constexpr bool is_sys_time = false;
template <class D>
inline constexpr bool is_sys_time<std::chrono::time_point<std::chrono::system_clock, D>> = true;
template <class T>
inline constexpr bool is_strong = false;
template <class Tag, class T>
inline constexpr bool is_strong<strong<Tag, T>> = true;

/// What save_minimal and load_minimal are called with; only its type is of use.
struct minimal_archive {};

template <class T>
concept member_minimal = requires(const T& value, const minimal_archive& ar) {
    value.save_minimal(ar);
};
template <class T>
concept free_minimal = requires(const T& value, const minimal_archive& ar) {
    save_minimal(ar, value);
};

template <class T>
auto to_minimal(const T& value) {
    if constexpr (member_minimal<T>) return value.save_minimal(minimal_archive{});
    else return save_minimal(minimal_archive{}, value);
}
template <class T>
using minimal_of = std::remove_cvref_t<decltype(to_minimal(std::declval<const T&>()))>;

/// An enumeration with `acta_names`: a column of it holds the enumerator's name, so that plain SQL can be read.
template <class T>
concept named_enum = std::is_enum_v<T> && requires {
    acta_names(T{});
};

/// Takes whatever a serialize() gives it; only the call is of use.
struct field_probe {
    template <class... Field>
    field_probe& operator()(Field&&...);
    template <class Field>
    field_probe& operator&(Field&&);
};
template <class T>
concept has_fields = requires(T& value, field_probe& ar) {
    value.serialize(ar);
}
|| requires(T& value, field_probe& ar) { serialize(ar, value); };
template <class T>
concept has_elements = !std::is_convertible_v<T, std::string_view> && requires(T & value) {
    typename T::value_type;
    value.begin();
    value.end();
};
template <class T>
concept has_parts = requires {
    std::tuple_size<T>::value;
}
|| requires { std::variant_size<T>::value; };

/// A nested struct, a list, a map and the like: one column of JSON text, made by the domain's ACTA_JSON_COLUMNS line.
template <class T>
concept json_value = std::is_class_v<T> &&(has_fields<T> || has_elements<T> || has_parts<T>);

/// ACTA_INTEGER, ACTA_REAL, ACTA_TEXT or ACTA_BLOB; 0 when T cannot be a column.
template <class T>
constexpr std::int32_t column_type() {
    if constexpr (named_enum<T>) return ACTA_TEXT;
    else if constexpr (std::is_enum_v<T>) return ACTA_INTEGER;
    else if constexpr (std::is_same_v<T, wchar_t> || std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>) return 0;
    else if constexpr (std::is_integral_v<T>) return ACTA_INTEGER;
    else if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) return ACTA_REAL;
    else if constexpr (std::is_same_v<T, std::string>) return ACTA_TEXT;
    else if constexpr (is_bytes<T>) return ACTA_BLOB;
    else if constexpr (is_duration<T>) return column_type<typename T::rep>();
    else if constexpr (is_sys_time<T>) return column_type<typename T::rep>();
    else if constexpr (is_optional<T>) return is_optional<typename T::value_type> ? 0 : column_type<typename T::value_type>();
    else if constexpr (member_minimal<T> || free_minimal<T>) return column_type<minimal_of<T>>();
    else if constexpr (json_value<T>) return ACTA_TEXT;
    else return 0;
}

template <class T>
concept column = column_type<T>()
!= 0;

template <named_enum T>
const std::vector<std::pair<T, std::string>>& names_of() {
    static const std::vector<std::pair<T, std::string>> names = [] {
        std::vector<std::pair<T, std::string>> made;
        for (const auto& [value, name] : acta_names(T{})) made.emplace_back(value, std::string(name));
        return made;
    }();
    return names;
}

// ---- C++ to SQL ---------------------------------------------------------------------------------------------------------------

/// Both throw failure; `column` names the column in the sentence.
[[noreturn]] void refuse_value(std::string_view column, const char* why);
[[noreturn]] void unreadable_value(std::string_view column, const acta_value& held, const char* asked);

/// A value as JSON and back. Both throw failure; `column` names the column in the sentence.
std::string json_text(const json_codec& codec, const void* value, std::string_view column);
void from_json_text(const json_codec& codec, const acta_value& held, void* value, std::string_view column);

inline acta_value null_value() noexcept { return {ACTA_NULL, 0, 0, 0, nullptr, 0}; }
inline acta_value integer_value(std::int64_t value) noexcept { return {ACTA_INTEGER, 0, value, 0, nullptr, 0}; }
inline acta_value real_value(double value) noexcept { return {ACTA_REAL, 0, 0, value, nullptr, 0}; }
inline acta_value text_value(std::string_view text) noexcept { return {ACTA_TEXT, 0, 0, 0, text.data(), text.size()}; }
inline acta_value blob_value(const void* data, std::size_t size) noexcept { return {ACTA_BLOB, 0, 0, 0, data, size}; }

/// Texts that a value made on the way and that have to live as long as the acta_value.
using kept_texts = std::deque<std::string>;

/// `from` as SQL. Texts and bytes are borrowed from `from`, or from `kept` where the value makes them.
template <column T>
acta_value to_value(const T& from, std::string_view name, kept_texts& kept) {
    if constexpr (is_optional<T>) {
        return from ? to_value(*from, name, kept) : null_value();
    } else if constexpr (named_enum<T>) {
        for (const auto& [value, text] : names_of<T>())
            if (value == from) return text_value(text);
        refuse_value(name, "is given an enumerator that acta_names does not name");
    } else if constexpr (std::is_enum_v<T>) {
        return to_value(static_cast<std::underlying_type_t<T>>(from), name, kept);
    } else if constexpr (std::is_integral_v<T>) {
        if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::int64_t))
            if (from > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
                refuse_value(name, "is given a number above 9223372036854775807, the largest that an SQL integer holds");
        return integer_value(static_cast<std::int64_t>(from));
    } else if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(from)) refuse_value(name, "is given NaN, which SQL cannot hold");
        return real_value(from);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return text_value(from);
    } else if constexpr (is_bytes<T>) {
        return blob_value(from.data(), from.size());
    } else if constexpr (is_duration<T>) {
        return to_value(from.count(), name, kept);
    } else if constexpr (is_sys_time<T>) {
        return to_value(from.time_since_epoch().count(), name, kept);
    } else if constexpr (is_strong<T>) {
        return to_value(from.get(), name, kept);
    } else if constexpr (member_minimal<T> || free_minimal<T>) {
        if constexpr (std::is_same_v<minimal_of<T>, std::string>) return text_value(kept.emplace_back(to_minimal(from)));
        else return to_value(to_minimal(from), name, kept);
    } else {
        return text_value(kept.emplace_back(json_text(json_codec_of<T>(), &from, name)));
    }
}

// ---- SQL to C++ ---------------------------------------------------------------------------------------------------------------

/// Overwrites `to` by an SQL value, reusing its memory.
template <column T>
void from_value(const acta_value& from, T& to, std::string_view name) {
    if constexpr (is_optional<T>) {
        if (from.type == ACTA_NULL) return to.reset();
        if (!to) to.emplace();
        from_value(from, *to, name);
    } else if constexpr (named_enum<T>) {
        if (from.type != ACTA_TEXT) unreadable_value(name, from, "an enumerator's name");
        for (const auto& [value, text] : names_of<T>())
            if (text == std::string_view(static_cast<const char*>(from.data), from.size)) {
                to = value;
                return;
            }
        unreadable_value(name, from, "an enumerator that this program has");
    } else if constexpr (std::is_enum_v<T>) {
        std::underlying_type_t<T> number{};
        from_value(from, number, name);
        to = static_cast<T>(number);
    } else if constexpr (std::is_integral_v<T>) {
        if (from.type != ACTA_INTEGER) unreadable_value(name, from, "an integer");
        if constexpr (std::is_same_v<T, bool>) {
            to = from.integer != 0;
        } else {
            to = static_cast<T>(from.integer);
            if (static_cast<std::int64_t>(to) != from.integer || (std::is_unsigned_v<T> && from.integer < 0))
                unreadable_value(name, from, "an integer of a smaller type");
        }
    } else if constexpr (std::is_floating_point_v<T>) {
        if (from.type == ACTA_INTEGER) to = static_cast<T>(from.integer);
        else if (from.type == ACTA_REAL) to = static_cast<T>(from.real);
        else unreadable_value(name, from, "a number");
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (from.type != ACTA_TEXT) unreadable_value(name, from, "a text");
        to.assign(static_cast<const char*>(from.data), from.size);
    } else if constexpr (is_bytes<T>) {
        if (from.type != ACTA_BLOB) unreadable_value(name, from, "bytes");
        const auto* const first = static_cast<const typename T::value_type*>(from.data);
        to.assign(first, first + from.size);
    } else if constexpr (is_duration<T>) {
        typename T::rep ticks{};
        from_value(from, ticks, name);
        to = T(ticks);
    } else if constexpr (is_sys_time<T>) {
        typename T::duration since{};
        from_value(from, since, name);
        to = T(since);
    } else if constexpr (is_strong<T> || member_minimal<T> || free_minimal<T>) {
        minimal_of<T> inside{};
        from_value(from, inside, name);
        if constexpr (is_strong<T>) to = T(std::move(inside));
        else if constexpr (member_minimal<T>) to.load_minimal(minimal_archive{}, inside);
        else load_minimal(minimal_archive{}, to, inside);
    } else {
        if (from.type != ACTA_TEXT) unreadable_value(name, from, "JSON text");
        from_json_text(json_codec_of<T>(), from, &to, name);
    }
}

}  // namespace acta::detail::rows
