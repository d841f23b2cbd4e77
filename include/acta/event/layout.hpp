// The layout of an event: field names and types, derived from serialize(), stored beside the events so that they explain themselves.
#pragma once

#include <acta/event/bytes.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acta {

/// What a value is to the codec.
enum class layout_kind : std::uint8_t {
    boolean,
    u8,
    u16,
    u32,
    u64,
    i8,
    i16,
    i32,
    i64,
    f32,
    f64,
    text,
    bytes,  // scalars
    optional,
    list,
    array,
    set,  // of inner[0]
    map,  // from inner[0] to inner[1]
    tuple,
    variant,
    structure,  // of inner
    enumeration,
    duration,
    time,  // of inner[0], an integer (or, for the last two, a float)
};

/// One node of a layout tree. Its text form is JSON, described in src/store/FORMAT.md and the same on every compiler and platform.
struct layout {
    struct enumerator {
        std::int64_t value = 0;
        std::string name;
        friend bool operator==(const enumerator&, const enumerator&) = default;
    };

    layout_kind kind = layout_kind::structure;
    std::string name;  ///< of the field, where this is one of a structure; empty: positional
    std::vector<layout> inner;
    std::uint64_t size = 0;  ///< of an array
    /// Of an enumeration that has `constexpr auto acta_names(colour) { return std::array{std::pair{colour::red, "red"}}; }` beside it.
    std::vector<enumerator> enumerators;
    std::int64_t numerator = 1;  ///< of a duration's or time's tick, in seconds
    std::int64_t denominator = 1;
    /// Of a structure's field, where the layout is a program's own: the payload of its initial value. No part of the layout that is stored.
    std::vector<std::byte> initial;

    /// The same but for the name of the field that it may be, and initial values.
    bool same_type(const layout& other) const noexcept {
        return kind == other.kind && size == other.size && numerator == other.numerator && denominator == other.denominator &&
               enumerators == other.enumerators && inner == other.inner;
    }
    /// The same text.
    friend bool operator==(const layout& a, const layout& b) noexcept { return a.name == b.name && a.same_type(b); }

    /// The deepest tree that is accepted, so that no stored text can exhaust the stack.
    static constexpr int max_depth = 32;
    /// The longest text that is accepted, in bytes.
    static constexpr std::size_t max_text = 1 << 20;

    std::string to_text() const;
    /// Throws failure(damaged) when the text is not a layout, too long or too deep.
    static layout from_text(std::string_view text);
};

/// XXH3-64 of a layout's text: two layouts are taken to be the same when their fingerprints are.
std::uint64_t fingerprint_of(std::string_view layout_text) noexcept;

/// The fewest bytes that a value of this layout takes; 0 only for structures and tuples of nothing.
std::size_t min_size(const layout& of) noexcept;

}  // namespace acta
