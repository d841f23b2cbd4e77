// Payloads as JSON by their layout alone: what FORMAT.md says of each type.
#include <acta/event/codec.hpp>
#include <acta/event/json.hpp>

#include "event/every_type.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace {

using namespace std::string_literals;

template <class T>
struct shown {
    static constexpr acta::event_type event{"json_test.shown", 1};
    T value{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("v", value));
    }
};

template <class E>
std::string event_json(const E& event) {
    const acta::event_codec& codec = acta::codec_of<E>();
    std::vector<std::byte> payload;
    codec.encode(&event, payload);
    return acta::payload_to_json(acta::layout::from_text(codec.layout_text), payload);
}

/// The JSON of the value alone.
template <class T>
std::string json_of(const T& value) {
    const std::string text = event_json(shown<T>{value});
    return text.substr(5, text.size() - 6);
}

}  // namespace

TEST_CASE("numbers are exact") {
    CHECK(json_of(true) == "true");
    CHECK(json_of('A') == "65");
    CHECK(json_of(std::int8_t{-128}) == "-128");
    CHECK(json_of(std::int16_t{-32768}) == "-32768");
    CHECK(json_of(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(json_of(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(json_of(0.1F) == "0.1");
    CHECK(json_of(0.1) == "0.1");
    CHECK(json_of(0.1 + 0.2) == "0.30000000000000004");
    CHECK(json_of(-0.0) == "-0");
    CHECK(json_of(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
}

TEST_CASE("a float that is not finite is null") {
    CHECK(json_of(std::nan("")) == "null");
    CHECK(json_of(HUGE_VAL) == "null");
    CHECK(json_of(-HUGE_VALF) == "null");
    CHECK(json_of(std::chrono::duration<double>(HUGE_VAL)) == "null");
}

TEST_CASE("texts are quoted, controls escaped, bad UTF-8 replaced, bytes in base64") {
    CHECK(json_of("a\"\\/\b\n\x01\x7f"s) == R"("a\"\\/\b\n\u0001)"
                                            "\x7f\"");
    CHECK(json_of("\0"s) == R"("\u0000")");
    CHECK(json_of("\xc3\xa9\xf0\x9f\x99\x82"s) == "\"\xc3\xa9\xf0\x9f\x99\x82\"");
    CHECK(json_of("a\xff"
                  "b\xe2\x82"s) == "\"a\xef\xbf\xbd"
                                   "b\xef\xbf\xbd\"");
    CHECK(json_of("\xed\xa0\x80"s) == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    CHECK(acta::json_quoted("x\ty") == R"("x\ty")");
    const auto base64 = [](std::string_view text) {
        const auto bytes = acta::bytes_of(text);
        return json_of(std::vector<std::byte>(bytes.begin(), bytes.end()));
    };
    CHECK(base64("") == R"("")");
    CHECK(base64("f") == R"("Zg==")");
    CHECK(base64("fo") == R"("Zm8=")");
    CHECK(base64("foo") == R"("Zm9v")");
    CHECK(base64("\xff\xff\xbe") == R"("//++")");
}

TEST_CASE("containers are arrays and objects") {
    CHECK(json_of(std::vector<std::vector<int>>{{}, {1, 2}}) == "[[],[1,2]]");
    CHECK(json_of(std::vector<bool>{true, false}) == "[true,false]");
    CHECK(json_of(std::set<std::string>{"b", "a"}) == R"(["a","b"])");
    CHECK(json_of(std::map<std::string, int>{{"b", 1}, {"a", 2}}) == R"({"a":2,"b":1})");
    CHECK(json_of(std::map<int, std::string>{{1, "a"}, {-1, "b"}}) == R"([[-1,"b"],[1,"a"]])");
    CHECK(json_of(std::map<every_type::account_id, every_type::cents>{{every_type::account_id("ada"), every_type::cents(5)}}) ==
          R"({"ada":5})");
    CHECK(json_of(std::pair<int, bool>{1, true}) == "[1,true]");
    CHECK(json_of(std::array<int, 2>{1, 2}) == "[1,2]");
    CHECK(json_of(std::array<int, 0>{}) == "[]");
    CHECK(json_of(std::optional<std::string>{}) == "null");
    CHECK(json_of(std::optional<std::string>{"x"}) == R"("x")");
    CHECK(json_of(std::variant<std::monostate, int, every_type::point>{}) == R"({"index":0,"value":{}})");
    CHECK(json_of(std::variant<std::monostate, int, every_type::point>{every_type::point{1, 2}}) == R"({"index":2,"value":{"x":1,"y":2}})");
}

TEST_CASE("structs are objects, positional fields by their number") {
    CHECK(json_of(every_type::point{1, -2}) == R"({"x":1,"y":-2})");
    CHECK(json_of(every_type::pair_of_texts{"l", "r"}) == R"({"0":"l","1":"r"})");
    CHECK(json_of(every_type::secret("sesame")) == R"({"word":"sesame"})");
    CHECK(event_json(every_type::nothing_more{}) == "{}");
}

TEST_CASE("an enumerator is its name where there is one, else its number") {
    CHECK(json_of(every_type::colour::green) == R"("green")");
    CHECK(json_of(every_type::colour{77}) == "77");
    CHECK(json_of(every_type::level::low) == "-300");
    enum class huge : std::uint64_t {};
    CHECK(json_of(huge{~std::uint64_t{0}}) == "18446744073709551615");
}

TEST_CASE("a time is ISO 8601 with as many digits as its tick has") {
    using namespace std::chrono;
    CHECK(json_of(sys_seconds(sys_days{2013y / 5 / 1} + 12h)) == R"("2013-05-01T12:00:00Z")");
    CHECK(json_of(sys_time<milliseconds>(-1ms)) == R"("1969-12-31T23:59:59.999Z")");
    CHECK(json_of(sys_time<microseconds>(sys_days{2024y / 2 / 29} + 7us)) == R"("2024-02-29T00:00:00.000007Z")");
    CHECK(json_of(sys_time<nanoseconds>(-1ns)) == R"("1969-12-31T23:59:59.999999999Z")");
    CHECK(json_of(sys_time<nanoseconds>::min()) == R"("1677-09-21T00:12:43.145224192Z")");
    CHECK(json_of(sys_days{1970y / 1 / 3}) == "2");
    CHECK(json_of(90min) == "90");
    CHECK(json_of(-3ms) == "-3");
}

TEST_CASE("a time outside of the years 1 to 9999 is its number, exactly") {
    using namespace std::chrono;
    CHECK(json_of(sys_seconds(sys_days{1y / 1 / 1})) == R"("0001-01-01T00:00:00Z")");
    CHECK(json_of(sys_seconds(sys_days{1y / 1 / 1}) - 1s) == "-62135596801");
    CHECK(json_of(sys_seconds(sys_days{10'000y / 1 / 1}) - 1s) == R"("9999-12-31T23:59:59Z")");
    CHECK(json_of(sys_seconds(sys_days{10'000y / 1 / 1})) == "253402300800");
    CHECK(json_of(sys_time<microseconds>::max()) == "9223372036854775807");
    CHECK(json_of(sys_time<milliseconds>::min()) == "-9223372036854775808");
    CHECK(acta::iso8601(1) == "1970-01-01T00:00:00.000001Z");
    CHECK(acta::iso8601(-1) == "1969-12-31T23:59:59.999999Z");
    CHECK(acta::iso8601(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
    CHECK(acta::iso8601(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("the JSON of every sample is one line that a JSON library reads, with the layout's own fields") {
    every_type::for_each_sample([](const auto& sample) {
        const std::string text = event_json(sample);
        CAPTURE(text);
        CHECK(text.find('\n') == std::string::npos);
        const auto parsed = nlohmann::json::parse(text, nullptr, false);
        REQUIRE(parsed.is_object());
        const auto layout = acta::layout::from_text(acta::codec_of<std::remove_cvref_t<decltype(sample)>>().layout_text);
        CHECK(parsed.size() == layout.inner.size());
        for (const auto& field : layout.inner)
            if (!field.name.empty()) CHECK(parsed.contains(field.name));
    });
}

TEST_CASE("bytes that do not fit the layout are refused") {
    const auto refused = [](const char* layout, std::vector<std::byte> payload, std::string_view why) {
        try {
            acta::payload_to_json(acta::layout::from_text(layout), payload);
        } catch (const acta::failure& said) {
            CHECK(said.code() == acta::errc::damaged);
            CHECK(said.what() == why);
            return true;
        }
        return false;
    };
    const std::byte one{1}, two{2};
    CHECK(refused(R"({"struct":[]})", {one}, "there are bytes behind the last field"));
    CHECK(refused(R"({"array":"u8","size":18446744073709551615})", {one, one}, "the bytes end too early"));
    CHECK(refused(R"({"set":"u8"})", {two, one, one}, "a set holds a value twice"));
    CHECK(refused(R"({"map":"u8","to":{"struct":[]}})", {two, one, one}, "a map holds a key twice"));
    CHECK(refused(R"({"variant":["bool"]})", {one, one}, "a variant's index is too large"));
}
