// A payload as JSON, walked by its stored layout.
#include <acta/event/json.hpp>
#include <acta/event/result.hpp>

#include "number.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>

namespace acta {

namespace {

std::string base64(byte_span bytes) {
    constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t k) { return i + k < bytes.size() ? static_cast<unsigned>(bytes[i + k]) : 0U; };
        const unsigned group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (unsigned k = 0; k < 4; ++k) out += i + k <= bytes.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

std::string padded(std::int64_t number, std::size_t width) {
    std::string digits = std::to_string(number);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// ISO 8601, which has four digits for a year; nothing outside of the years 1 to 9999.
std::optional<std::string> date_and_time(std::int64_t ticks, std::int64_t ticks_per_second) {
    using namespace std::chrono;
    constexpr sys_seconds first = sys_days{year{1} / 1 / 1}, behind = sys_days{year{10'000} / 1 / 1};
    const std::int64_t rest = (ticks % ticks_per_second + ticks_per_second) % ticks_per_second;
    const sys_seconds at{seconds{ticks / ticks_per_second - (ticks % ticks_per_second < 0 ? 1 : 0)}};
    if (at < first || at >= behind) return {};
    const auto midnight = floor<days>(at);
    const year_month_day date{midnight};
    const hh_mm_ss clock{at - midnight};
    std::string out = padded(static_cast<int>(date.year()), 4) + '-' + padded(static_cast<unsigned>(date.month()), 2) + '-' +
                      padded(static_cast<unsigned>(date.day()), 2) + 'T' + padded(clock.hours().count(), 2) + ':' +
                      padded(clock.minutes().count(), 2) + ':' + padded(clock.seconds().count(), 2);
    if (ticks_per_second > 1) out += '.' + padded(rest, std::to_string(ticks_per_second).size() - 1);
    return out + 'Z';
}

/// Writes the next value of the payload, which may be hostile: the reader checks every byte, the layout bounds the depth.
class renderer {
public:
    renderer(byte_span payload, json_loss loss) : in_(payload), loss_(loss) {}

    std::string render(const layout& of) {
        value(of);
        if (!in_.done()) byte_reader::broken("there are bytes behind the last field");
        return std::move(out_);
    }

private:
    void value(const layout& of) {
        switch (of.kind) {
        case layout_kind::boolean: out_ += read_flag(in_) ? "true" : "false"; break;
        case layout_kind::f32: number(std::bit_cast<float>(in_.fixed32())); break;
        case layout_kind::f64: number(std::bit_cast<double>(in_.fixed64())); break;
        case layout_kind::text: text(in_.text()); break;
        case layout_kind::bytes: out_ += '"' + base64(in_.raw(in_.varint())) + '"'; break;
        case layout_kind::optional: optional(of.inner[0]); break;
        case layout_kind::list: elements(of.inner[0], in_.count()); break;
        case layout_kind::set: set(of); break;
        case layout_kind::array: elements(of.inner[0], of.size); break;
        case layout_kind::map: map(of); break;
        case layout_kind::tuple: each(of); break;
        case layout_kind::variant: variant(of); break;
        case layout_kind::structure: structure(of); break;
        case layout_kind::enumeration: enumerator(of); break;
        case layout_kind::duration: value(of.inner[0]); break;
        case layout_kind::time: time(of); break;
        default: integer(of.kind);
        }
    }

    void integer(layout_kind kind) {
        out_ += is_signed(kind) ? std::to_string(read_signed(in_, kind)) : std::to_string(read_unsigned(in_, kind));
    }

    template <class T>
    void number(T value) {
        if (!std::isfinite(value)) {
            if (loss_ == json_loss::refused) throw failure(errc::misuse, "JSON cannot hold a number that is not finite");
            return void(out_ += "null");
        }
        std::array<char, 40> buffer{};
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
        out_.append(buffer.data(), end);
    }

    void optional(const layout& of) {
        if (!read_flag(in_)) return void(out_ += "null");
        if (loss_ == json_loss::refused && of.kind == layout_kind::optional)
            throw failure(errc::misuse, "JSON cannot hold an optional that holds an optional");
        value(of);
    }

    void text(std::string_view value) {
        if (loss_ == json_loss::shown) return void(out_ += json_quoted(value));
        try {
            out_ += nlohmann::json(value).dump();
        } catch (const nlohmann::json::type_error&) { throw failure(errc::misuse, "JSON cannot hold text that is not UTF-8"); }
    }

    void elements(const layout& of, std::uint64_t count) {
        out_ += '[';
        for (std::uint64_t i = 0; i < count; ++i) comma(i), value(of);
        out_ += ']';
    }

    /// A set's value or a map's key. Equal ones have equal bytes, which shows those that stand there twice.
    void key(const layout& of, std::set<std::string_view>& seen, const char* twice) {
        const byte_span before = in_.rest();
        value(of);
        if (!seen.insert(text_of(before.first(before.size() - in_.left()))).second) byte_reader::broken(twice);
    }

    void set(const layout& of) {
        std::set<std::string_view> seen;
        const std::size_t count = in_.count();
        out_ += '[';
        for (std::size_t i = 0; i < count; ++i) comma(i), key(of.inner[0], seen, "a set holds a value twice");
        out_ += ']';
    }

    void map(const layout& of) {
        std::set<std::string_view> seen;
        const bool object = of.inner[0].kind == layout_kind::text;
        const std::size_t count = in_.count();
        out_ += object ? '{' : '[';
        for (std::size_t i = 0; i < count; ++i) {
            comma(i);
            if (!object) out_ += '[';
            key(of.inner[0], seen, "a map holds a key twice");
            out_ += object ? ':' : ',';
            value(of.inner[1]);
            if (!object) out_ += ']';
        }
        out_ += object ? '}' : ']';
    }

    void each(const layout& of) {
        out_ += '[';
        for (std::size_t i = 0; i < of.inner.size(); ++i) comma(i), value(of.inner[i]);
        out_ += ']';
    }

    void variant(const layout& of) {
        const std::uint64_t index = in_.varint();
        if (index >= of.inner.size()) byte_reader::broken("a variant's index is too large");
        out_ += "{\"index\":" + std::to_string(index) + ",\"value\":";
        value(of.inner[index]);
        out_ += '}';
    }

    void structure(const layout& of) {
        out_ += '{';
        for (std::size_t i = 0; i < of.inner.size(); ++i) {
            const std::string& name = of.inner[i].name;
            comma(i);
            out_ += json_quoted(name.empty() ? std::to_string(i) : name) + ':';
            value(of.inner[i]);
        }
        out_ += '}';
    }

    void enumerator(const layout& of) {
        const layout_kind kind = of.inner[0].kind;
        const auto number = is_signed(kind) ? read_signed(in_, kind) : static_cast<std::int64_t>(read_unsigned(in_, kind));
        for (const auto& known : of.enumerators)
            if (known.value == number) return void(out_ += json_quoted(known.name));
        out_ += is_signed(kind) ? std::to_string(number) : std::to_string(static_cast<std::uint64_t>(number));
    }

    /// Seconds, milli-, micro- and nanoseconds in 64 bits are dates; any other tick, and what no calendar reaches, stays a number.
    void time(const layout& of) {
        const bool decimal = of.numerator == 1 && (of.denominator == 1 || of.denominator == 1'000 || of.denominator == 1'000'000 ||
                                                   of.denominator == 1'000'000'000);
        if (!decimal || of.inner[0].kind != layout_kind::i64) return value(of.inner[0]);
        const std::int64_t ticks = in_.zigzag();
        const auto date = date_and_time(ticks, of.denominator);
        out_ += date ? '"' + *date + '"' : std::to_string(ticks);
    }

    void comma(std::uint64_t i) {
        if (i > 0) out_ += ',';
    }
    byte_reader in_;
    json_loss loss_;
    std::string out_;
};

}  // namespace

std::string payload_to_json(const layout& of, byte_span payload, json_loss loss) { return renderer(payload, loss).render(of); }

std::string json_quoted(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string iso8601(std::int64_t microseconds_since_1970) {
    return date_and_time(microseconds_since_1970, 1'000'000).value_or(std::to_string(microseconds_since_1970));
}

}  // namespace acta
