// Layouts in words: each kind of type, fields inside of fields, what differs between two.
#include "layout_text.hpp"

#include <doctest/doctest.h>

using namespace acta::cli;
using acta::layout;

namespace {

std::string words(std::string_view text) { return words_of(layout::from_text(text)); }

std::string paths(std::string_view text) {
    const layout of = layout::from_text(text);
    std::string out;
    for (const field_line& each : fields_of(of)) out += each.path + ' ';
    return out;
}

bool unnamed(std::string_view text) { return holds_unnamed_enum(layout::from_text(text)); }

}  // namespace

TEST_CASE("each type has its words") {
    CHECK(words(R"("i64")") == "i64");
    CHECK(words(R"({"optional":"text"})") == "optional text");
    CHECK(words(R"({"list":{"list":"f64"}})") == "list of list of f64");
    CHECK(words(R"({"array":"u8","size":16})") == "array of 16 u8");
    CHECK(words(R"({"set":"text"})") == "set of text");
    CHECK(words(R"({"map":"text","to":"i32"})") == "map from text to i32");
    CHECK(words(R"({"tuple":["i32","bool"]})") == "(i32, bool)");
    CHECK(words(R"({"tuple":[]})") == "()");
    CHECK(words(R"({"variant":["text","i32"]})") == "one of (text | i32)");
    CHECK(words(R"({"struct":[{"name":"x","type":"i32"},{"name":"y","type":"i32"}]})") == "{x i32, y i32}");
    CHECK(words(R"({"enum":"u8","names":[[0,"red"],[7,"blue"]]})") == "enum of u8 (0 red, 7 blue)");
    CHECK(words(R"({"enum":"i16"})") == "enum of i16 (without names)");
    CHECK(words(R"({"duration":"i64","tick":[1,1]})") == "duration of i64 in seconds");
    CHECK(words(R"({"duration":"i64","tick":[1,1000]})") == "duration of i64 in 1/1000 s");
    CHECK(words(R"({"time":"i64","tick":[86400,1]})") == "time of i64 in 86400/1 s");
}

TEST_CASE("fields stand with the path to them, through lists and maps, and by number where they have no name") {
    const std::string place = R"({"struct":[{"name":"street","type":"text"}]})";
    CHECK(paths(R"({"struct":[{"name":"home","type":)" + place + R"(},{"name":"lines","type":{"list":)" + place + "}}]}") ==
          "home home.street lines lines[].street ");
    CHECK(paths(R"({"struct":[{"name":"by","type":{"map":"text","to":)" + place + R"(}},{"name":"or","type":{"optional":)" + place +
                "}}]}") == "by by[].street or or.street ");
    CHECK(paths(R"({"struct":[{"type":"i32"},{"type":"text"}]})") == "0 1 ");
    CHECK(paths(R"("i32")").empty());
}

TEST_CASE("what was removed, changed and added is told by path, what moved is not") {
    const layout before =
        layout::from_text(R"({"struct":[{"name":"a","type":"i32"},{"name":"b","type":"text"},{"name":"c","type":"u8"}]})");
    const layout after =
        layout::from_text(R"({"struct":[{"name":"c","type":"u8"},{"name":"b","type":{"optional":"text"}},{"name":"d","type":"bool"}]})");
    const auto changes = changes_between(before, after);
    REQUIRE(changes.size() == 3);
    CHECK((changes[0].path == "a" && changes[0].before == "i32" && changes[0].after.empty()));
    CHECK((changes[1].path == "b" && changes[1].before == "text" && changes[1].after == "optional text"));
    CHECK((changes[2].path == "d" && changes[2].before.empty() && changes[2].after == "bool"));
    CHECK(changes_between(before, before).empty());
}

TEST_CASE("an enum without names is found wherever it stands in a value, but for a structure, whose fields are looked at themselves") {
    CHECK(unnamed(R"({"enum":"u8"})"));
    CHECK(unnamed(R"({"map":{"enum":"u8"},"to":"text"})"));
    CHECK(unnamed(R"({"variant":[{"list":{"enum":"u8"}},"text"]})"));
    CHECK_FALSE(unnamed(R"({"enum":"u8","names":[[0,"red"]]})"));
    CHECK_FALSE(unnamed(R"({"optional":{"struct":[{"name":"x","type":{"enum":"u8"}}]}})"));
    CHECK_FALSE(unnamed(R"("i32")"));
}
