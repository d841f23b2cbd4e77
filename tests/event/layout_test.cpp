// Layouts as text: every kind there and back, and texts that no acta wrote refused.
#include <acta/event/layout.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace {

using acta::layout;
using acta::layout_kind;

layout node(layout_kind kind, std::vector<layout> inner = {}) {
    layout out;
    out.kind = kind;
    out.inner = std::move(inner);
    return out;
}

layout field(std::string name, layout of) {
    of.name = std::move(name);
    return of;
}

layout struct_of(std::vector<layout> fields) { return node(layout_kind::structure, std::move(fields)); }

std::string refusal_of(std::string_view text) {
    try {
        layout::from_text(text);
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::damaged);
        return why.what();
    }
    return "a layout";
}

bool refused(std::string_view text, const char* why) {
    const std::string said = refusal_of(text);
    CAPTURE(text);
    CAPTURE(said);
    const bool as_expected = said.find(std::string("the layout is not one that acta stores: ") + why) == 0;
    CHECK(as_expected);
    return as_expected;
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += part;
    return out;
}

}  // namespace

TEST_CASE("every kind of layout comes back from its text") {
    using enum layout_kind;
    std::vector<layout> all;
    for (const auto scalar : {boolean, u8, u16, u32, u64, i8, i16, i32, i64, f32, f64, text, bytes}) all.push_back(node(scalar));
    for (const auto of_one : {optional, list, set}) all.push_back(node(of_one, {node(text)}));
    all.push_back(node(array, {node(i32)}));
    all.back().size = ~std::uint64_t{0};
    all.push_back(node(map, {node(text), node(tuple, {node(u8), node(boolean)})}));
    all.push_back(node(variant, {struct_of({}), node(f32)}));
    all.push_back(
        struct_of({field("a \"quoted\" \\ \n\t\x1f\x7f name, \xc3\xa9\xf0\x9f\x99\x82", node(u8)), node(u16), field("0", node(bytes))}));
    all.push_back(node(enumeration, {node(i16)}));
    all.push_back(node(enumeration, {node(u64)}));
    all.back().enumerators = {
        {std::numeric_limits<std::int64_t>::min(), "low"}, {-1, ""}, {std::numeric_limits<std::int64_t>::max(), "high"}};
    all.push_back(node(duration, {node(f64)}));
    all.back().numerator = 86'400;
    all.push_back(node(acta::layout_kind::time, {node(i64)}));
    all.back().denominator = 1'000'000'000;
    all.push_back(node(tuple));

    for (const layout& one : all) {
        CAPTURE(one.to_text());
        CHECK(layout::from_text(one.to_text()) == one);
    }
    const layout together = struct_of(all);
    CHECK(layout::from_text(together.to_text()) == together);
}

TEST_CASE("the text has one form, pinned with its fingerprint") {
    layout colour = node(layout_kind::enumeration, {node(layout_kind::u8)});
    colour.enumerators = {{0, "red"}};
    const layout of = struct_of({field("cents", node(layout_kind::i64)), node(layout_kind::text), field("colour", colour)});
    const std::string text =
        R"({"struct":[{"name":"cents","type":"i64"},{"type":"text"},{"name":"colour","type":{"enum":"u8","names":[[0,"red"]]}}]})";
    CHECK(of.to_text() == text);
    CHECK(acta::fingerprint_of(text) == 0x250ba4dfe097280a);
    CHECK(acta::fingerprint_of("") == 0x2d06800538d394c2);  // XXH3's own answer for no bytes
}

TEST_CASE("a layout differs from another by every part") {
    const layout one = struct_of({field("a", node(layout_kind::i64))});
    layout other = one;
    CHECK(one == other);
    other.inner[0].name = "b";
    CHECK_FALSE(one == other);
    other = one, other.inner[0].kind = layout_kind::u64;
    CHECK_FALSE(one == other);
    CHECK(acta::fingerprint_of(one.to_text()) != acta::fingerprint_of(other.to_text()));
}

TEST_CASE("what is not JSON is refused") {
    for (const char* text :
         {"", " ", "{", "bool", "{\"list\":}", "\"u8\"\"u8\"", "\"u8\" x", "\"\xff\"", "\"\\ud800\"", "[1e999]", "{\"list\":\"u8\"}//"})
        refused(text, "it is not JSON");
}

TEST_CASE("what is JSON and no type is refused") {
    for (const char* text : {"null", "true", "1", "-1.5", "[]", "{}", "[\"u8\"]", R"({"list":null})", R"({"list":{}})", R"({"tuple":[1]})"})
        refused(text, "a type is neither a name nor an object");
    refused(R"("u7")", "there is no type named \"u7\"");
    refused(R"("")", "there is no type named \"\"");
    refused('"' + std::string(5'000, 'x') + '"', "there is no type named \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
    refused(R"({"type":"u8"})", "there is no type of the kind \"type\"");
    refused(R"({"List":"u8"})", "there is no type of the kind \"List\"");
}

TEST_CASE("a type with members missing, wrong or too many is refused") {
    refused(R"({"array":"u8"})", "a type lacks its \"size\"");
    refused(R"({"array":"u8","size":-1})", "a number is missing");
    refused(R"({"array":"u8","size":1.0})", "a number is missing");
    refused(R"({"array":"u8","size":"1"})", "a number is missing");
    refused(R"({"map":"u8"})", "a type lacks its \"to\"");
    refused(R"({"tuple":"u8"})", "a list of types is missing");
    refused(R"({"variant":{}})", "a list of types is missing");
    refused(R"({"variant":[]})", "a variant has no alternative");
    refused(R"({"struct":{}})", "a list of fields is missing");
    refused(R"({"struct":["u8"]})", "a field is not an object");
    refused(R"({"struct":[{"name":"a"}]})", "a type lacks its \"type\"");
    refused(R"({"struct":[{"name":"","type":"u8"}]})", "a field's name is not a text");
    refused(R"({"struct":[{"name":1,"type":"u8"}]})", "a field's name is not a text");
    refused(R"({"struct":[{"name":"a","type":"u8"},{"name":"b","type":"u8"},{"name":"a","type":"u8"}]})",
            "two fields of a structure are named \"a\"");
    refused(R"({"enum":"text"})", "an integer type is missing");
    refused(R"({"enum":"bool"})", "an integer type is missing");
    refused(R"({"enum":{"enum":"u8"}})", "an integer type is missing");
    refused(R"({"enum":"u8","names":[]})", "an enumeration's names are not a list");
    refused(R"({"enum":"u8","names":{}})", "an enumeration's names are not a list");
    refused(R"({"enum":"u8","names":[[0]]})", "an enumerator is not a number and a name");
    refused(R"({"enum":"u8","names":[["red",0]]})", "an enumerator is not a number and a name");
    refused(R"({"enum":"u8","names":[["0","red"]]})", "a number is missing");
    refused(R"({"duration":"text","tick":[1,1]})", "an integer type is missing");
    refused(R"({"duration":"i64"})", "a type lacks its \"tick\"");
    refused(R"({"time":"i64","tick":[1]})", "a tick is not two numbers");
    refused(R"({"time":"i64","tick":[1,"1"]})", "a number is missing");
    refused(R"({"time":"i64","tick":[0,1]})", "a tick is not positive");
    refused(R"({"time":"i64","tick":[1,-1]})", "a tick is not positive");
}

TEST_CASE("a text that is not written the one way is refused") {
    const char* const other_way = "it is not written the one way";
    refused(R"( "u8")", other_way);
    refused(R"({"list": "u8"})", other_way);
    refused(R"("\u00758")", other_way);
    refused(R"({"size":1,"array":"u8"})", "there is no type of the kind \"size\"");
    refused(R"({"struct":[{"type":"u8","name":"a"}]})", other_way);
    refused(R"({"list":"u8","more":1})", other_way);
    refused(R"({"list":"u8","list":"u8"})", other_way);
    refused(R"({"list":"u8","set":"u8"})", other_way);
    refused(R"({"struct":[{"name":"a","type":"u8","doc":"x"}]})", other_way);
    refused(R"({"struct":[{"name":"\u00e9","type":"u8"}]})", other_way);
    refused(R"({"enum":"u8","names":[[18446744073709551615,"x"]]})", other_way);
    refused(R"({"time":"i64","tick":[1,1e0]})", "a number is missing");
}

TEST_CASE("containers of elements without bytes are refused, for a count of them could not be checked") {
    const char* const no_fields = "the elements of a container have no fields";
    refused(R"({"list":{"struct":[]}})", no_fields);
    refused(R"({"set":{"tuple":[]}})", no_fields);
    refused(R"({"array":{"struct":[]},"size":18446744073709551615})", no_fields);
    refused(R"({"map":{"tuple":[{"struct":[]}]},"to":"u8"})", no_fields);
    refused(R"({"list":{"array":"u8","size":0}})", no_fields);
    CHECK(refusal_of(R"({"map":"u8","to":{"struct":[]}})") == "a layout");
}

TEST_CASE("a text nested deeper than 32 types is refused, at any depth and without exhausting the stack") {
    const auto lists = [](std::size_t depth) { return repeated(R"({"list":)", depth) + R"("u8")" + std::string(depth, '}'); };
    CHECK(refusal_of(lists(31)) == "a layout");
    for (const std::size_t depth : {std::size_t{32}, std::size_t{1'000}, std::size_t{100'000}})
        refused(lists(depth), "it is nested more than 32 types deep");
    const auto tuples = [](std::size_t depth) { return repeated(R"({"tuple":[)", depth) + R"("u8")" + repeated("]}", depth); };
    CHECK(refusal_of(tuples(31)) == "a layout");
    refused(tuples(32), "it is nested more than 32 types deep");
    const auto structures = [](std::size_t depth) {
        return repeated(R"({"struct":[{"name":"a","type":)", depth) + R"({"enum":"u8","names":[[0,"a"]]})" + repeated("}]}", depth);
    };
    CHECK(refusal_of(structures(30)) == "a layout");
    refused(structures(31), "it is nested more than 32 types deep");
    refused(std::string(1'000'000, '['), "it is not JSON");
    refused(std::string(500'000, '[') + std::string(500'000, ']'), "a type is neither a name nor an object");
    refused(R"({"list":)" + std::string(500'000, '[') + std::string(500'000, ']') + '}', "a type is neither a name nor an object");
}

TEST_CASE("a text longer than 1 MiB is refused before it is read") {
    const std::string field = R"({"type":"u8"},)";
    std::string text = R"({"struct":[)";
    while (text.size() + field.size() < layout::max_text) text += field;
    text.back() = ']', text += '}';
    CHECK(layout::from_text(text).inner.size() > 70'000);
    text.resize(layout::max_text + 1, ' ');
    refused(text, "it is longer than 1 MiB");
}

TEST_CASE("any byte of a layout changed to any other gives a layout of that text or a refusal") {
    const std::string right =
        R"({"struct":[{"name":"at","type":{"time":"i64","tick":[1,1000]}},{"type":{"enum":"u8","names":[[0,"a"]]}}]})";
    std::string text = right;
    for (char& c : text) {
        const char before = c;
        for (int other = 1; other < 256; ++other) {
            c = static_cast<char>(before ^ other);
            if (refusal_of(text) == "a layout") CHECK(layout::from_text(text).to_text() == text);
        }
        c = before;
    }
    CHECK(refusal_of(right) == "a layout");
}

TEST_CASE("the fewest bytes of a value") {
    using enum layout_kind;
    CHECK(acta::min_size(node(u8)) == 1);
    CHECK(acta::min_size(node(u64)) == 1);
    CHECK(acta::min_size(node(f32)) == 4);
    CHECK(acta::min_size(node(f64)) == 8);
    CHECK(acta::min_size(node(text)) == 1);
    CHECK(acta::min_size(node(optional, {node(f64)})) == 1);
    CHECK(acta::min_size(node(list, {node(f64)})) == 1);
    CHECK(acta::min_size(node(variant, {struct_of({}), node(f64)})) == 1);
    CHECK(acta::min_size(struct_of({node(f32), node(f64), struct_of({})})) == 12);
    CHECK(acta::min_size(node(duration, {node(f64)})) == 8);
    CHECK(acta::min_size(struct_of({})) == 0);
    layout none = node(array, {node(u8)});
    CHECK(acta::min_size(none) == 0);
    none.size = 5;
    CHECK(acta::min_size(none) == 1);
}
