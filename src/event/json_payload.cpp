// JSON as a payload, guided by its layout: the way back of payload_to_json.
#include <acta/event/json.hpp>
#include <acta/event/result.hpp>

#include "json_value.hpp"
#include "number.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>

namespace acta {

namespace {

using detail::json_value;

[[noreturn]] void misfit(const std::string& why) { throw failure(errc::damaged, why); }

std::vector<std::byte> from_base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.size() % 4 != 0) misfit("its base64 ends too early");
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::vector<std::byte> out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        unsigned group = 0;
        const std::size_t given = i + 4 == text.size() ? 4 - padding : 4;
        for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t digit = k < given ? digits.find(text[i + k]) : 0;
            if (digit == std::string_view::npos) misfit("its base64 holds another character");
            group = group << 6 | static_cast<unsigned>(digit);
        }
        for (std::size_t k = 0; k + 1 < given; ++k) out.push_back(static_cast<std::byte>(group >> (16 - 8 * k)));
    }
    return out;
}

/// What json.cpp's date_and_time wrote: 2013-05-01T12:00:00.000000Z, with as many decimals as a tick needs.
std::int64_t ticks_of(std::string_view text, std::int64_t ticks_per_second) {
    using namespace std::chrono;
    const auto number = [&](std::size_t at, std::size_t size) {
        std::int64_t value = 0;
        const char* const end = text.data() + at + size;
        if (at + size > text.size() || std::from_chars(text.data() + at, end, value).ptr != end || value < 0)
            misfit("a time is not ISO 8601");
        return value;
    };
    const std::size_t decimals = ticks_per_second > 1 ? std::to_string(ticks_per_second).size() - 1 : 0;
    const std::size_t size = 20 + (decimals > 0 ? decimals + 1 : 0);
    if (text.size() != size || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        text.back() != 'Z')
        misfit("a time is not ISO 8601");
    const year_month_day date{year(static_cast<int>(number(0, 4))), month(static_cast<unsigned>(number(5, 2))),
                              day(static_cast<unsigned>(number(8, 2)))};
    if (!date.ok()) misfit("a time is on no day of the calendar");
    const auto since = sys_days(date).time_since_epoch() + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
    std::int64_t whole = duration_cast<seconds>(since).count(), rest = decimals > 0 ? number(20, decimals) : 0;
    if (whole < 0 && rest > 0) ++whole, rest -= ticks_per_second;  // towards 0, so that the earliest time does not overflow on the way
    std::int64_t ticks = 0;
    if (__builtin_mul_overflow(whole, ticks_per_second, &ticks) || __builtin_add_overflow(ticks, rest, &ticks))
        misfit("a time does not fit its type");
    return ticks;
}

class filler {
public:
    std::vector<std::byte> fill(const layout& of, const json_value& from) {
        value(of, from);
        return std::move(bytes_);
    }

private:
    void value(const layout& of, const json_value& from) {
        switch (of.kind) {
        case layout_kind::boolean: out_.u8(want<bool>(from, "true or false") ? 1 : 0); break;
        case layout_kind::f32: out_.fixed32(std::bit_cast<std::uint32_t>(number<float>(from))); break;
        case layout_kind::f64: out_.fixed64(std::bit_cast<std::uint64_t>(number<double>(from))); break;
        case layout_kind::text: out_.text(want<std::string>(from, "text")); break;
        case layout_kind::bytes: bytes(from_base64(want<std::string>(from, "text"))); break;
        case layout_kind::optional: optional(of, from); break;
        case layout_kind::list:
        case layout_kind::set: out_.varint(list(from).size()), elements(of.inner[0], from); break;
        case layout_kind::array: list(from, of.size), elements(of.inner[0], from); break;
        case layout_kind::map: map(of, from); break;
        case layout_kind::tuple: tuple(of, from); break;
        case layout_kind::variant: variant(of, from); break;
        case layout_kind::structure: structure(of, from); break;
        case layout_kind::enumeration: enumerator(of, from); break;
        case layout_kind::duration: value(of.inner[0], from); break;
        case layout_kind::time: time(of, from); break;
        default: integer(of.kind, from);
        }
    }

    [[noreturn]] static void unwanted(const json_value& from, const std::string& expected) {
        constexpr std::array<const char*, 8> names{"null", "boolean", "number", "number", "number", "string", "array", "object"};
        misfit(expected + " was expected, there is " + names[from.is.index()]);
    }
    template <class T>
    static const T& want(const json_value& from, const char* expected) {
        if (const T* const found = from.as<T>()) return *found;
        unwanted(from, expected);
    }
    template <class T>
    static T number(const json_value& from) {
        if (const auto* const natural = from.as<std::uint64_t>()) return static_cast<T>(*natural);
        if (const auto* const negative = from.as<std::int64_t>()) return static_cast<T>(*negative);
        return static_cast<T>(want<double>(from, "a number"));
    }
    static const json_value::list& list(const json_value& from, std::optional<std::uint64_t> size = {}) {
        const auto& found = want<json_value::list>(from, "a list");
        if (size && found.size() != *size)
            misfit("a list of " + std::to_string(*size) + " was expected, there are " + std::to_string(found.size()));
        return found;
    }
    static const json_value& member(const json_value& from, const std::string& name) {
        (void)want<json_value::object>(from, "an object");
        const json_value* const found = from.find(name);
        if (found == nullptr) misfit("the field '" + name + "' is missing");
        return *found;
    }

    void bytes(const std::vector<std::byte>& value) { out_.varint(value.size()), out_.raw(value); }
    void elements(const layout& of, const json_value& from) {
        for (const json_value& each : list(from)) value(of, each);
    }
    void optional(const layout& of, const json_value& from) {
        const bool holds = from.as<std::monostate>() == nullptr;
        out_.u8(holds ? 1 : 0);
        if (holds) value(of.inner[0], from);
    }
    void map(const layout& of, const json_value& from) {
        if (of.inner[0].kind == layout_kind::text) {
            const auto& members = want<json_value::object>(from, "an object");
            out_.varint(members.size());
            for (const auto& [key, held] : members) out_.text(key), value(of.inner[1], held);
            return;
        }
        out_.varint(list(from).size());
        for (const json_value& pair : list(from)) value(of.inner[0], list(pair, 2)[0]), value(of.inner[1], list(pair)[1]);
    }
    void tuple(const layout& of, const json_value& from) {
        const auto& each = list(from, of.inner.size());
        for (std::size_t i = 0; i < of.inner.size(); ++i) value(of.inner[i], each[i]);
    }
    void variant(const layout& of, const json_value& from) {
        const auto* const index = member(from, "index").as<std::uint64_t>();
        if (index == nullptr || *index >= of.inner.size()) misfit("a variant's index is too large");
        out_.varint(*index);
        value(of.inner[*index], member(from, "value"));
    }
    void structure(const layout& of, const json_value& from) {
        (void)want<json_value::object>(from, "an object");
        for (std::size_t i = 0; i < of.inner.size(); ++i) {
            const std::string name = of.inner[i].name.empty() ? std::to_string(i) : of.inner[i].name;
            try {
                value(of.inner[i], member(from, name));
            } catch (const failure& why) {
                const std::string words = why.what();
                misfit(words.starts_with("the field '") ? words : "the field '" + name + "': " + words);
            }
        }
    }
    void enumerator(const layout& of, const json_value& from) {
        const layout_kind kind = of.inner[0].kind;
        const auto* const name = from.as<std::string>();
        if (name == nullptr) return integer(kind, from);
        for (const auto& known : of.enumerators)
            if (known.name == *name)
                return is_signed(kind) ? put_signed(kind, known.value) : put_unsigned(kind, static_cast<std::uint64_t>(known.value));
        misfit("there is no enumerator '" + *name + "'");
    }
    void time(const layout& of, const json_value& from) {
        const auto* const date = from.as<std::string>();
        if (date == nullptr) return value(of.inner[0], from);
        if (of.numerator != 1 || of.inner[0].kind != layout_kind::i64) misfit("a time is a number of ticks here");
        out_.zigzag(ticks_of(*date, of.denominator));
    }

    void integer(layout_kind kind, const json_value& from) {
        const auto* const natural = from.as<std::uint64_t>();
        const auto* const negative = from.as<std::int64_t>();
        if (natural == nullptr && negative == nullptr) unwanted(from, "an integer");
        constexpr std::uint64_t high = std::numeric_limits<std::int64_t>::max();
        if (is_signed(kind) ? natural != nullptr && *natural > high : natural == nullptr) misfit("a number does not fit its type");
        if (is_signed(kind)) put_signed(kind, natural != nullptr ? static_cast<std::int64_t>(*natural) : *negative);
        else put_unsigned(kind, *natural);
    }
    static int unused_bits(layout_kind kind) {
        return kind == layout_kind::u8 || kind == layout_kind::i8     ? 56
               : kind == layout_kind::u16 || kind == layout_kind::i16 ? 48
               : kind == layout_kind::u32 || kind == layout_kind::i32 ? 32
                                                                      : 0;
    }
    void put_signed(layout_kind kind, std::int64_t number) {
        const int unused = unused_bits(kind);
        if (number > std::numeric_limits<std::int64_t>::max() >> unused || number < std::numeric_limits<std::int64_t>::min() >> unused)
            misfit("a number does not fit its type");
        unused == 56 ? out_.u8(static_cast<std::uint8_t>(number)) : out_.zigzag(number);
    }
    void put_unsigned(layout_kind kind, std::uint64_t number) {
        const int unused = unused_bits(kind);
        if (number > std::numeric_limits<std::uint64_t>::max() >> unused) misfit("a number does not fit its type");
        unused == 56 ? out_.u8(static_cast<std::uint8_t>(number)) : out_.varint(number);
    }

    std::vector<std::byte> bytes_;
    byte_writer out_{bytes_};
};

}  // namespace

std::vector<std::byte> payload_from_json(const layout& of, std::string_view text) {
    const auto parsed = json_value::from_text(text);
    if (!parsed) misfit("it is not JSON");
    return filler().fill(of, *parsed);
}

}  // namespace acta
