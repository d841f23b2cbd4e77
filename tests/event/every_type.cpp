// The values of the domain every_type, and its codecs.
#include "every_type.hpp"

#include <acta/event/codec.hpp>

#include <limits>

template const acta::event_codec& acta::codec_of<every_type::numbers>();
template const acta::event_codec& acta::codec_of<every_type::words>();
template const acta::event_codec& acta::codec_of<every_type::lists>();
template const acta::event_codec& acta::codec_of<every_type::collections>();
template const acta::event_codec& acta::codec_of<every_type::times>();
template const acta::event_codec& acta::codec_of<every_type::shapes>();
template const acta::event_codec& acta::codec_of<every_type::nothing_more>();

namespace every_type {

namespace {

template <class T>
struct lowest {
    static T value() { return std::numeric_limits<T>::lowest(); }
};
template <class T>
struct highest {
    static T value() { return std::numeric_limits<T>::max(); }
};

template <template <class> class Edge>
numbers at() {
    return {.flag = true,
            .letter = Edge<char>::value(),
            .i8 = Edge<std::int8_t>::value(),
            .i16 = Edge<std::int16_t>::value(),
            .i32 = Edge<std::int32_t>::value(),
            .i64 = Edge<std::int64_t>::value(),
            .u8 = Edge<std::uint8_t>::value(),
            .u16 = Edge<std::uint16_t>::value(),
            .u32 = Edge<std::uint32_t>::value(),
            .u64 = Edge<std::uint64_t>::value(),
            .f32 = Edge<float>::value(),
            .f64 = Edge<double>::value()};
}

std::vector<sample> make_samples() {
    std::vector<sample> all;
    using namespace std::chrono;
    using namespace std::string_literals;
    all.emplace_back(numbers{});
    all.emplace_back(at<lowest>());
    all.emplace_back(at<highest>());
    all.emplace_back(numbers{.flag = true,
                             .letter = '\0',
                             .i8 = -1,
                             .i16 = -129,
                             .i32 = 8'000'000,
                             .i64 = -1,
                             .u8 = 128,
                             .u16 = 127,
                             .u32 = 128,
                             .u64 = 300,
                             .f32 = 0.1F,
                             .f64 = -1e-300});
    all.emplace_back(words{});
    all.emplace_back(words{.text = "a\0b \xff\xc3\xa9 \xe2\x82 \"\\\n"s,
                           .bytes = {std::byte{0}, std::byte{255}},
                           .octets = {1, 2, 3, 4},
                           .byte = std::byte{200},
                           .four = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}},
                           .named = colour::blue,
                           .numbered = level::high,
                           .old = second});
    all.emplace_back(words{.text = std::string(300, 'x'),
                           .bytes = {},
                           .octets = {},
                           .byte = {},
                           .four = {},
                           .named = colour{9},
                           .numbered = level{7},
                           .old = first});
    all.emplace_back(lists{});
    all.emplace_back(lists{.numbers = {0, -1, 1, 1'000'000},
                           .flags = {true, false, true},
                           .texts = {"", "one", "two"},
                           .rows = {{}, {{1, 2}}, {{3, 4}, {-5, -6}}},
                           .three = {1, 2, 65535},
                           .maybe = "yes",
                           .perhaps = std::optional<bool>{},
                           .one_of = point{7, 8},
                           .two = {-2, "two"},
                           .some = {true, colour::green, {9, 10}}});
    all.emplace_back(lists{.numbers = {},
                           .flags = {},
                           .texts = {},
                           .rows = {},
                           .three = {},
                           .maybe = "",
                           .perhaps = true,
                           .one_of = "text",
                           .two = {},
                           .some = {}});
    all.emplace_back(collections{});
    all.emplace_back(collections{.by_name = {{"", {}}, {"one", {1}}, {"two", {1, 2}}},
                                 .by_point = {{{1, 2}, colour::red}, {{1, 3}, colour::blue}},
                                 .hashed = {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}},
                                 .balances = {{account_id("ada"), cents(100)}, {account_id("bob"), cents(-1)}},
                                 .ordered = {colour::green, colour::blue},
                                 .pairs = {{1, "x"}, {1, "y"}, {2, ""}},
                                 .unordered = {"x", "y", "z", ""},
                                 .measures = {0.5, -1.5, 1e300}});
    all.emplace_back(times{});
    all.emplace_back(times{.ns = -1ns,
                           .min = 90min,
                           .days = days{-400},
                           .exact = duration<double>(0.25),
                           .frames = duration<std::int64_t, std::ratio<1, 25>>(-32768),
                           .at_s = sys_days{2013y / 5 / 1} + 12h,
                           .at_ms = sys_days{1969y / 12 / 31} + 23h + 59min + 59s + 999ms,
                           .at_us = sys_days{2024y / 2 / 29} + 1us,
                           .at_ns = sys_days{2000y / 1 / 1} - 1ns,
                           .on = sys_days{1970y / 1 / 2}});
    all.emplace_back(times{.ns = nanoseconds::max(),
                           .min = minutes::min(),
                           .days = days::max(),
                           .exact = duration<double>::max(),
                           .frames = {},
                           .at_s = sys_seconds::max(),
                           .at_ms = sys_time<milliseconds>::min(),
                           .at_us = sys_time<microseconds>::max(),
                           .at_ns = sys_time<nanoseconds>::min(),
                           .on = sys_days::max()});
    all.emplace_back(times{.ns = {},
                           .min = {},
                           .days = {},
                           .exact = {},
                           .frames = {},
                           .at_s = sys_days{1y / 1 / 1},
                           .at_ms = sys_days{10'000y / 1 / 1} - 1ms,
                           .at_us = sys_days{10'000y / 1 / 1},
                           .at_ns = {},
                           .on = {}});
    all.emplace_back(shapes{});
    all.emplace_back(shapes{.id = account_id("ada"),
                            .amount = cents(-500),
                            .account = {"DE02 1203"},
                            .rate = {1250},
                            .word = secret("sesame"),
                            .texts = {"left", "right"},
                            .both = {-77},
                            .where = point{1, -1},
                            .others = {{"AT61"}, {""}},
                            .places = {{"home", {5, 5}}}});
    all.emplace_back(nothing_more{});
    return all;
}

}  // namespace

const std::vector<sample>& samples() {
    static const std::vector<sample> all = make_samples();
    return all;
}

}  // namespace every_type
