// JSON back to payloads: every sample of every type comes back as it was, and JSON of another shape is refused with its field.
#include <acta/event/codec.hpp>
#include <acta/event/json.hpp>

#include "event/every_type.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace {

struct basket {
    std::string name;
    std::vector<std::optional<double>> weights;
    std::map<std::string, std::chrono::sys_time<std::chrono::milliseconds>> when;
    friend bool operator==(const basket&, const basket&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name), acta::field("weights", weights), acta::field("when", when));
    }
};

std::string refusal_of(const char* layout, std::string_view json) {
    try {
        (void)acta::payload_from_json(acta::layout::from_text(layout), json);
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::damaged);
        return why.what();
    }
    return {};
}

}  // namespace

ACTA_JSON_COLUMNS(basket);

TEST_CASE("every sample that JSON can hold comes back byte for byte") {
    std::size_t held = 0;
    every_type::for_each_sample([&](const auto& sample) {
        const acta::event_codec& codec = acta::codec_of<std::remove_cvref_t<decltype(sample)>>();
        const acta::layout layout = acta::layout::from_text(codec.layout_text);
        std::vector<std::byte> payload;
        codec.encode(&sample, payload);
        std::string json;
        try {
            json = acta::payload_to_json(layout, payload, acta::json_loss::refused);
        } catch (const acta::failure& why) {
            CHECK(why.code() == acta::errc::misuse);
            return;
        }
        CAPTURE(json);
        if (json.find("-0,") != std::string::npos || json.find("-0}") != std::string::npos) return;  // JSON readers drop that sign
        ++held;
        CHECK(acta::payload_from_json(layout, json) == payload);
    });
    CHECK(held > 10);
}

TEST_CASE("a value that is no event goes through its codec line") {
    const acta::json_codec& codec = acta::json_codec_of<basket>();
    const basket full{
        "fruit", {1.5, std::nullopt}, {{"picked", std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(-1))}}};
    const std::string json = codec.to_json(&full);
    CHECK(json == R"({"name":"fruit","weights":[1.5,null],"when":{"picked":"1969-12-31T23:59:59.999Z"}})");
    basket back{"other", {2.0}, {}};
    codec.from_json(json, &back);
    CHECK(back == full);
}

TEST_CASE("what JSON cannot hold is refused") {
    const acta::json_codec& codec = acta::json_codec_of<basket>();
    const auto refused = [&](const basket& value) {
        try {
            (void)codec.to_json(&value);
        } catch (const acta::failure& why) { return why.code() == acta::errc::misuse; }
        return false;
    };
    CHECK(refused({"x", {std::nan("")}, {}}));
    CHECK(refused({"x", {HUGE_VAL}, {}}));
    CHECK(refused({"\xff", {}, {}}));
}

TEST_CASE("JSON of another shape is refused with a sentence") {
    CHECK(refusal_of(R"({"list":"i32"})", "[1,") == "it is not JSON");
    CHECK(refusal_of(R"({"list":"i32"})", "[1,\"x\"]") == "an integer was expected, there is string");
    CHECK(refusal_of(R"({"list":"i8"})", "[200]") == "a number does not fit its type");
    CHECK(refusal_of(R"({"list":"u16"})", "[70000]") == "a number does not fit its type");
    CHECK(refusal_of(R"({"list":"u64"})", "[-1]") == "a number does not fit its type");
    CHECK(refusal_of(R"({"list":"i64"})", "[9223372036854775808]") == "a number does not fit its type");
    CHECK(refusal_of(R"({"array":"i32","size":2})", "[1]") == "a list of 2 was expected, there are 1");
    CHECK(refusal_of(R"({"struct":[{"name":"a","type":"bool"}]})", "{}").find("'a'") != std::string::npos);
    CHECK(refusal_of(R"({"variant":["bool"]})", R"({"index":1,"value":true})") == "a variant's index is too large");
    CHECK(refusal_of(R"({"time":"i64","tick":[1,1000000000]})", R"("9999-12-31T23:59:59.000000000Z")") == "a time does not fit its type");
    CHECK(refusal_of(R"({"time":"i64","tick":[1,1000]})", R"("2013-02-30T00:00:00.000Z")") == "a time is on no day of the calendar");
    CHECK(refusal_of("\"bytes\"", "\"abc\"") == "its base64 ends too early");
    CHECK(refusal_of("\"bytes\"", "\"ab!=\"") == "its base64 holds another character");
}

TEST_CASE("JSON as deep as a layout may be comes back, and what is deeper is refused without exhausting the stack") {
    const auto around = [](std::string_view before, std::string inside, std::string_view behind) {
        for (int i = 0; i < acta::layout::max_depth - 1; ++i) inside = std::string(before) + inside + std::string(behind);
        return inside;
    };
    const acta::layout maps = acta::layout::from_text(around(R"({"map":"u8","to":)", "\"u8\"", "}"));
    const std::string json = around("[[7,", "1", "]]");
    CHECK(acta::payload_to_json(maps, acta::payload_from_json(maps, json)) == json);
    const std::string brackets = std::string(500'000, '[') + std::string(500'000, ']');
    CHECK(refusal_of(R"({"list":"u8"})", brackets) == "an integer was expected, there is array");
    CHECK(refusal_of(R"({"struct":[{"name":"a","type":"u8"}]})", "{\"more\":" + brackets + ",\"a\":1}").empty());
    CHECK(refusal_of(R"({"list":"u8"})", std::string(500'000, '[')) == "it is not JSON");
}

TEST_CASE("of two members of one name the last counts, but for a map, which holds no key twice") {
    CHECK(acta::payload_from_json(acta::layout::from_text(R"({"struct":[{"name":"a","type":"u8"}]})"), R"({"a":1,"a":2})") ==
          std::vector<std::byte>{std::byte{2}});
    basket into;
    try {
        acta::json_codec_of<basket>().from_json(
            R"({"name":"n","weights":[],"when":{"a":"1970-01-01T00:00:00.000Z","a":"1970-01-01T00:00:00.000Z"}})", &into);
        FAIL("a map that holds a key twice was read");
    } catch (const acta::failure& why) { CHECK(std::string(why.what()).find("a map holds a key twice") != std::string::npos); }
}
