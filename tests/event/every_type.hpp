// A domain that uses every type that the codec knows, with values at the edges; shared by the tests of event and of the file format.
#pragma once

#include <acta/event/encoding.hpp>
#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/event/strong.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace cereal {
class access;
}

namespace every_type {

struct numbers {
    static constexpr acta::event_type event{"every_type.numbers", 1};
    bool flag = false;
    char letter = 'a';
    std::int8_t i8 = 0;
    std::int16_t i16 = 0;
    std::int32_t i32 = 0;
    std::int64_t i64 = 0;
    std::uint8_t u8 = 0;
    std::uint16_t u16 = 0;
    std::uint32_t u32 = 0;
    std::uint64_t u64 = 0;
    float f32 = 0;
    double f64 = 0;
    friend bool operator==(const numbers&, const numbers&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("flag", flag), acta::field("letter", letter), acta::field("i8", i8), acta::field("i16", i16),
           acta::field("i32", i32), acta::field("i64", i64), acta::field("u8", u8), acta::field("u16", u16), acta::field("u32", u32),
           acta::field("u64", u64), acta::field("f32", f32), acta::field("f64", f64));
    }
};

enum class colour : std::uint8_t { red, green, blue };
constexpr auto acta_names(colour) {
    return std::array{std::pair{colour::red, "red"}, std::pair{colour::green, "green"}, std::pair{colour::blue, "blue"}};
}
enum class level : std::int16_t { low = -300, high = 300 };
enum old_style : std::uint32_t { first, second };

struct words {
    static constexpr acta::event_type event{"every_type.words", 1};
    std::string text{};
    std::vector<std::byte> bytes{};
    std::vector<std::uint8_t> octets{};
    std::byte byte{};
    std::array<std::byte, 4> four{};
    colour named = colour::red;
    level numbered = level::low;
    old_style old = first;
    friend bool operator==(const words&, const words&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("text", text), acta::field("bytes", bytes), acta::field("octets", octets), acta::field("byte", byte),
           acta::field("four", four), acta::field("named", named), acta::field("numbered", numbered), acta::field("old", old));
    }
};

struct point {
    std::int32_t x = 0;
    std::int32_t y = 0;
    friend auto operator<=>(const point&, const point&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("x", x), acta::field("y", y));
    }
};

struct lists {
    static constexpr acta::event_type event{"every_type.lists", 1};
    std::vector<std::int64_t> numbers{};
    std::vector<bool> flags{};
    std::vector<std::string> texts{};
    std::vector<std::vector<point>> rows{};
    std::array<std::uint16_t, 3> three{};
    std::optional<std::string> maybe{};
    std::optional<std::optional<bool>> perhaps{};
    std::variant<std::monostate, std::int64_t, std::string, point> one_of{};
    std::pair<std::int32_t, std::string> two{};
    std::tuple<bool, colour, point> some{};
    friend bool operator==(const lists&, const lists&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("numbers", numbers), acta::field("flags", flags), acta::field("texts", texts), acta::field("rows", rows),
           acta::field("three", three), acta::field("maybe", maybe), acta::field("perhaps", perhaps), acta::field("one_of", one_of),
           acta::field("two", two), acta::field("some", some));
    }
};

using account_id = acta::strong<struct account_id_tag, std::string>;
using cents = acta::strong<struct cents_tag, std::int64_t>;

struct collections {
    static constexpr acta::event_type event{"every_type.collections", 1};
    std::map<std::string, std::vector<std::int32_t>> by_name{};
    std::map<point, colour> by_point{};
    std::unordered_map<std::string, std::uint32_t> hashed{};
    std::unordered_map<account_id, cents> balances{};
    std::set<colour> ordered{};
    std::set<std::pair<std::uint8_t, std::string>> pairs{};
    std::unordered_set<std::string> unordered{};
    std::unordered_set<double> measures{};
    friend bool operator==(const collections&, const collections&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("by_name", by_name), acta::field("by_point", by_point), acta::field("hashed", hashed),
           acta::field("balances", balances), acta::field("ordered", ordered), acta::field("pairs", pairs),
           acta::field("unordered", unordered), acta::field("measures", measures));
    }
};

struct times {
    static constexpr acta::event_type event{"every_type.times", 1};
    std::chrono::nanoseconds ns{};
    std::chrono::minutes min{};
    std::chrono::days days{};
    std::chrono::duration<double> exact{};
    std::chrono::duration<std::int64_t, std::ratio<1, 25>> frames{};
    std::chrono::sys_seconds at_s{};
    std::chrono::sys_time<std::chrono::milliseconds> at_ms{};
    std::chrono::sys_time<std::chrono::microseconds> at_us{};
    std::chrono::sys_time<std::chrono::nanoseconds> at_ns{};
    std::chrono::sys_days on{};
    friend bool operator==(const times&, const times&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("ns", ns), acta::field("min", min), acta::field("days", days), acta::field("exact", exact),
           acta::field("frames", frames), acta::field("at_s", at_s), acta::field("at_ms", at_ms), acta::field("at_us", at_us),
           acta::field("at_ns", at_ns), acta::field("on", on));
    }
};

/// Stored as the text inside, by members.
struct iban {
    std::string text{};
    friend bool operator==(const iban&, const iban&) = default;
    template <class Archive>
    std::string save_minimal(const Archive&) const {
        return text;
    }
    template <class Archive>
    void load_minimal(const Archive&, const std::string& stored) {
        text = stored;
    }
};
/// Stored as the number inside, by free functions.
struct percent {
    std::int32_t hundredths = 0;
    friend bool operator==(const percent&, const percent&) = default;
};
template <class Archive>
std::int32_t save_minimal(const Archive&, const percent& value) {
    return value.hundredths;
}
template <class Archive>
void load_minimal(const Archive&, percent& value, const std::int32_t& stored) {
    value.hundredths = stored;
}

/// Private fields behind cereal's friend.
class secret {
public:
    secret() = default;
    explicit secret(std::string word) : word_(std::move(word)) {}
    friend bool operator==(const secret&, const secret&) = default;

private:
    friend class cereal::access;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("word", word_));
    }
    std::string word_;
};

/// Positional fields, by a free function and by `&`.
struct pair_of_texts {
    std::string left{};
    std::string right{};
    friend bool operator==(const pair_of_texts&, const pair_of_texts&) = default;
};
template <class Archive>
void serialize(Archive& ar, pair_of_texts& of) {
    ar& of.left& of.right;
}

/// Two functions for the two ways.
struct split {
    std::int32_t number = 0;
    friend bool operator==(const split&, const split&) = default;
    template <class Archive>
    void save(Archive& ar) const {
        ar(acta::field("number", number));
    }
    template <class Archive>
    void load(Archive& ar) {
        ar(acta::field("number", number));
    }
};

struct shapes {
    static constexpr acta::event_type event{"every_type.shapes", 7};
    account_id id{};
    cents amount{};
    iban account{};
    percent rate{};
    secret word{};
    pair_of_texts texts{};
    split both{};
    std::optional<point> where{};
    std::vector<iban> others{};
    std::map<std::string, point> places{};
    friend bool operator==(const shapes&, const shapes&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("amount", amount), acta::field("account", account), acta::field("rate", rate),
           acta::field("word", word), acta::field("texts", texts), acta::field("both", both), acta::field("where", where), others, places);
    }
};

struct nothing_more {
    static constexpr acta::event_type event{"every_type.nothing_more", 1};
    friend bool operator==(const nothing_more&, const nothing_more&) = default;
};

using events = acta::events<numbers, words, lists, collections, times, shapes, nothing_more>;

using sample = std::variant<numbers, words, lists, collections, times, shapes, nothing_more>;
/// Values of every event: as default constructed, ordinary, and at the edges.
const std::vector<sample>& samples();

template <class Visit>
void for_each_sample(Visit visit) {
    for (const sample& one : samples()) std::visit(visit, one);
}

}  // namespace every_type

// every_type.cpp makes them, so that the tests that make codecs of their own need not make these again.
extern template const acta::event_codec& acta::codec_of<every_type::numbers>();
extern template const acta::event_codec& acta::codec_of<every_type::words>();
extern template const acta::event_codec& acta::codec_of<every_type::lists>();
extern template const acta::event_codec& acta::codec_of<every_type::collections>();
extern template const acta::event_codec& acta::codec_of<every_type::times>();
extern template const acta::event_codec& acta::codec_of<every_type::shapes>();
extern template const acta::event_codec& acta::codec_of<every_type::nothing_more>();
