// The integers of a payload, read by the kind that a layout gives them.
#pragma once

#include <acta/event/bytes.hpp>
#include <acta/event/layout.hpp>

#include <limits>

namespace acta {

inline bool is_integer(layout_kind kind) noexcept { return kind >= layout_kind::u8 && kind <= layout_kind::i64; }
inline bool is_signed(layout_kind kind) noexcept { return kind >= layout_kind::i8 && kind <= layout_kind::i64; }

/// The next value of one of the kinds i8 to i64. Throws failure(damaged), also when it does not fit.
inline std::int64_t read_signed(byte_reader& in, layout_kind kind) {
    if (kind == layout_kind::i8) return static_cast<std::int8_t>(in.u8());
    const std::int64_t number = in.zigzag();
    const int unused = kind == layout_kind::i16 ? 48 : kind == layout_kind::i32 ? 32 : 0;
    if (number > std::numeric_limits<std::int64_t>::max() >> unused || number < std::numeric_limits<std::int64_t>::min() >> unused)
        byte_reader::broken("a number does not fit its type");
    return number;
}

/// The same of the kinds u8 to u64.
inline std::uint64_t read_unsigned(byte_reader& in, layout_kind kind) {
    if (kind == layout_kind::u8) return in.u8();
    const std::uint64_t number = in.varint();
    const int unused = kind == layout_kind::u16 ? 48 : kind == layout_kind::u32 ? 32 : 0;
    if (number > std::numeric_limits<std::uint64_t>::max() >> unused) byte_reader::broken("a number does not fit its type");
    return number;
}

/// A flag before an optional value.
inline bool read_flag(byte_reader& in) {
    const std::uint8_t byte = in.u8();
    if (byte > 1) byte_reader::broken("a flag is neither 0 nor 1");
    return byte == 1;
}

}  // namespace acta
