// What each C++ type is to the codec, and the archive interface that a domain's serialize() is called with; includes cereal.
#pragma once

#include <acta/event/field.hpp>
#include <acta/event/layout.hpp>

#include <cereal/cereal.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace acta::detail {

class payload_writer;

// ---- what a type is to the codec ----------------------------------------------------------------------------------------------

template <class T, template <class...> class Of>
inline constexpr bool is_a = false;
template <template <class...> class Of, class... A>
inline constexpr bool is_a<Of<A...>, Of> = true;
template <class T>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;
template <class T>
inline constexpr bool is_sys_time = false;
template <class D>
inline constexpr bool is_sys_time<std::chrono::time_point<std::chrono::system_clock, D>> = true;

template <class T>
concept byte_like = std::is_same_v<T, std::byte> || std::is_same_v<T, unsigned char>;
template <class T>
inline constexpr bool is_bytes = false;
template <byte_like B>
inline constexpr bool is_bytes<std::vector<B>> = true;

template <class T>
concept member_minimal = requires(const payload_writer& ar, const T& value) {
    cereal::access::member_save_minimal(ar, value);
};
template <class T>
concept free_minimal = requires(const payload_writer& ar, const T& value) {
    save_minimal(ar, value);
};

template <class T>
auto to_minimal(const payload_writer& ar, const T& value) {
    if constexpr (member_minimal<T>) return cereal::access::member_save_minimal(ar, value);
    else return save_minimal(ar, value);
}
template <class T>
using minimal_of = std::remove_cvref_t<decltype(to_minimal(std::declval<const payload_writer&>(), std::declval<const T&>()))>;

template <class T>
constexpr layout_kind integer_kind() {
    using enum layout_kind;
    static_assert(sizeof(T) <= 8, "an integer of more than 64 bits cannot be stored: use two of 64 or std::array<std::byte, 16>");
    constexpr layout_kind kinds[] = {u8, u16, u32, u64, i8, i16, i32, i64};
    constexpr std::size_t width = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
    return kinds[width + (std::is_signed_v<T> && !std::is_same_v<T, char> ? 4 : 0)];
}

/// Any number of its underlying type is a value of it.
template <class T>
concept fixed_enum = std::is_enum_v<T> && requires(std::underlying_type_t<T> number) {
    T{number};
};

template <class T>
constexpr layout_kind kind_of() {
    using enum layout_kind;
    static_assert(!std::is_pointer_v<T> && !is_a<T, std::shared_ptr> && !is_a<T, std::unique_ptr> && !is_a<T, std::weak_ptr>,
                  "a pointer cannot be an event's field: events are plain values; use the value itself or std::optional");
    static_assert(!std::is_same_v<T, long double> && !std::is_same_v<T, wchar_t> && !std::is_same_v<T, char16_t> &&
                      !std::is_same_v<T, char32_t>,
                  "long double and wide characters differ between machines and cannot be stored: use double or UTF-8 in std::string");
    static_assert(
        !std::is_enum_v<T> || fixed_enum<T>,
        "an enum without a fixed underlying type is an integer of the compiler's choice and cannot be stored: write `enum class` or "
        "`enum colour : std::uint8_t`");
    if constexpr (std::is_same_v<T, bool>) return boolean;
    else if constexpr (std::is_same_v<T, std::byte>) return u8;
    else if constexpr (std::is_enum_v<T>) return enumeration;
    else if constexpr (std::is_integral_v<T>) return integer_kind<T>();
    else if constexpr (std::is_same_v<T, float>) return f32;
    else if constexpr (std::is_same_v<T, double>) return f64;
    else if constexpr (std::is_same_v<T, std::string>) return text;
    else if constexpr (is_bytes<T>) return bytes;
    else if constexpr (is_a<T, std::optional>) return optional;
    else if constexpr (is_a<T, std::vector>) return list;
    else if constexpr (is_std_array<T>) return array;
    else if constexpr (is_a<T, std::set> || is_a<T, std::unordered_set>) return set;
    else if constexpr (is_a<T, std::map> || is_a<T, std::unordered_map>) return map;
    else if constexpr (is_a<T, std::tuple> || is_a<T, std::pair>) return tuple;
    else if constexpr (is_a<T, std::variant>) return variant;
    else if constexpr (is_a<T, std::chrono::duration>) return duration;
    else if constexpr (is_sys_time<T>) return time;
    else if constexpr (member_minimal<T> || free_minimal<T>) return kind_of<minimal_of<T>>();
    else return structure;
}

/// Any two floats can be sorted, not-a-number included.
template <class K>
bool key_less(const K& a, const K& b) {
    if constexpr (std::is_floating_point_v<K>) return std::strong_order(a, b) < 0;
    else return a < b;
}

/// The order in which a hashed container is written: by key, so that equal values have equal bytes.
template <class Container>
auto in_key_order(const Container& container) {
    std::vector<const typename Container::value_type*> order;
    order.reserve(container.size());
    for (const auto& element : container) order.push_back(&element);
    if constexpr (requires { typename Container::hasher; })
        std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
            if constexpr (requires { typename Container::mapped_type; }) return key_less(a->first, b->first);
            else return key_less(*a, *b);
        });
    return order;
}

// ---- the archive interface: serialize() is cereal's ---------------------------------------------------------------------------

/// What the three archives share: `ar(a, b)`, `ar & a`, named and unnamed fields, and finding a structure's serialize().
/// Self provides `on_field(name, value)`.
template <class Self>
class archive {
public:
    template <class... T>
    Self& operator()(T&&... fields) {
        (one(fields), ...);
        return self();
    }
    template <class T>
    Self& operator&(T&& field) {
        one(field);
        return self();
    }

protected:
    template <class T>
    void fields_of(T& value) {
        static_assert(
            !requires(Self & ar) { cereal::access::member_serialize(ar, value, std::uint32_t{}); } &&
                !requires(Self & ar) { serialize(ar, value, std::uint32_t{}); },
            "serialize(archive, version) is cereal's class versioning, which acta does not store: raise the event's revision "
            "instead");
        if constexpr (requires(Self & ar) { cereal::access::member_serialize(ar, value); }) cereal::access::member_serialize(self(), value);
        else if constexpr (requires(Self & ar) { serialize(ar, value); }) serialize(self(), value);
        else if constexpr (Self::loads && requires(Self & ar) { cereal::access::member_load(ar, value); })
            cereal::access::member_load(self(), value);
        else if constexpr (!Self::loads && requires(Self & ar) { cereal::access::member_save(ar, value); })
            cereal::access::member_save(self(), value);
        else
            static_assert(std::is_empty_v<T>, "acta cannot see the fields of this type: give it `template <class Archive> void "
                                              "serialize(Archive& ar) { ar(acta::field(\"name\", member)); }`");
    }
    Self& self() { return static_cast<Self&>(*this); }

private:
    template <class T>
    void one(T& field) {
        using plain = std::remove_cv_t<T>;
        if constexpr (is_a<plain, named_field>) self().on_field(field.name, field.value);
        else if constexpr (is_a<plain, cereal::NameValuePair>) self().on_field(std::string_view(field.name), field.value);
        else if constexpr (is_a<plain, cereal::base_class>) self().on_field(std::string_view(), *field.base_ptr);
        else self().on_field(std::string_view(), field);
    }
};

constexpr std::uint64_t empty_shape = 0xcbf29ce484222325;
constexpr std::uint64_t shape_with(std::uint64_t shape, std::string_view text) {
    for (const char c : text) shape = (shape ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return shape;
}

/// Tells types apart within one program.
template <class T>
consteval std::uint64_t type_mark() {
    return shape_with(empty_shape, __PRETTY_FUNCTION__);
}

/// A running sum over the names and types of the fields that serialize() names. With constant names the compiler computes it while
/// compiling, so comparing the sum of an encode with that of the layout finds a branch in serialize() at the price of one comparison.
template <class T>
constexpr std::uint64_t shape_with_field(std::uint64_t shape, std::string_view name) {
    return (shape_with(shape, name) ^ type_mark<T>()) * 0x100000001b3;
}

[[noreturn]] void refuse_type(const char* type, const char* why);

}  // namespace acta::detail
