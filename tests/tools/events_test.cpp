// `acta events`: what was stored comes out, filtered, in order, as text and as JSON, and harmless.
#include "running.hpp"

#include <doctest/doctest.h>

using namespace acta::testing_the_command;
using nlohmann::json;

namespace {

struct stored {
    folder in;
    std::string store = in.path("shops.acta");
    stored() { make_store(store); }

    std::vector<std::int64_t> positions(words more) const {
        words given{"events", store, "--json"};
        given.insert(given.end(), more.begin(), more.end());
        const ended result = run(given);
        CAPTURE(result.err);
        CHECK(result.code == 0);
        CHECK(result.err.empty());
        std::vector<std::int64_t> found;
        for (const json& line : result.json_lines()) found.push_back(line["position"].get<std::int64_t>());
        return found;
    }
};

using numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE_FIXTURE(stored, "--json prints one object a line, which says all that was stored") {
    const ended result = run({"events", store, "--json"});
    CHECK(result.code == 0);
    CHECK(result.err.empty());
    const auto lines = result.json_lines();
    REQUIRE(lines.size() == 7);
    CHECK(lines[0] ==
          json::parse(R"({"acta":1,"kind":"event","position":1,"version":1,"stream":"shop-north","type":"shop.opened","revision":1,
        "recorded_at":"2026-01-02T03:04:05.000000Z","metadata":{"actor":"teller-7","reason":"a new \"start\""},"tags":[],"data":{"owner":"Ada"}})"));
    CHECK(lines[2] ==
          json::parse(R"({"acta":1,"kind":"event","position":3,"version":2,"stream":"shop-north","type":"shop.sold","revision":1,
        "recorded_at":"2026-01-02T03:04:07.000000Z","metadata":{"till":"2"},"tags":["customer:c-1"],
        "data":{"cents":250,"goods":["tea","milk"],"customer":"c-1"}})"));
    CHECK(lines[3] ==
          json::parse(R"({"acta":1,"kind":"event","position":4,"version":3,"stream":"shop-north","type":"shop.sold","revision":1,
        "recorded_at":"2026-01-02T03:04:07.000000Z","metadata":{},"tags":[],"data":{"cents":13,"goods":[],"customer":null}})"));
    CHECK(lines[5]["stream"] == "shop-süd");
    CHECK(lines[5]["data"]["goods"] == json::array({std::string(nasty)}));
    CHECK(lines[5]["tags"] == json::array({"customer:c-1", "vip:yes"}));
    CHECK(lines[6]["type"] == "shop.closed");
    CHECK(lines[6]["revision"] == 2);
    CHECK(result.lines()[0].starts_with(R"({"acta":1,"kind":"event","position":1,)"));
}

TEST_CASE_FIXTURE(stored, "the human form is one aligned line an event, with the payload as JSON") {
    const ended result = run({"events", store});
    CHECK(result.code == 0);
    CHECK(result.err.empty());
    const auto lines = result.lines();
    REQUIRE(lines.size() == 7);
    CHECK(lines[0] == R"(1  2026-01-02T03:04:05.000000Z  shop-north  1  shop.opened    {"owner":"Ada"})");
    CHECK(
        lines[2] ==
        R"(3  2026-01-02T03:04:07.000000Z  shop-north  2  shop.sold      {"cents":250,"goods":["tea","milk"],"customer":"c-1"}  customer:c-1)");
    CHECK(lines[4] == R"(5  2026-01-02T03:04:08.000000Z  till-1      1  shop.opened    {"owner":"Ada"})");
    CHECK(lines[6] == R"(7  2026-01-02T03:04:10.000000Z  shop-north  4  shop.closed@2  {"reason":"sold out"})");
    CHECK(lines[1].starts_with("2  2026-01-02T03:04:06.000000Z  shop-süd    1  shop.opened    {"));  // padded by characters, not by bytes
}

TEST_CASE_FIXTURE(stored, "no byte that a terminal would obey gets through, in no form") {
    for (const words& given : {words{"events", store}, words{"events", store, "--json"}, words{"streams", store}, words{"info", store}}) {
        const ended result = run(given);
        CHECK(result.code == 0);
        CHECK_FALSE(has_control_characters(result.out));
        CHECK(result.out.find("\xe2\x80\xae") == std::string::npos);
    }
    const std::string out = run({"events", store}).out;
    for (const char* escaped : {"\\u001b", "\\u0007", "\\u007f", "\\u009b", "\\u009d", "\\u202e"})
        CHECK(out.find(escaped) != std::string::npos);
    CHECK(has_control_characters(nasty));  // or this test would test nothing
}

TEST_CASE_FIXTURE(stored, "positions, types, streams and limits narrow what comes") {
    CHECK(positions({}) == numbers{1, 2, 3, 4, 5, 6, 7});
    CHECK(positions({"--from", "3"}) == numbers{3, 4, 5, 6, 7});
    CHECK(positions({"--to", "3"}) == numbers{1, 2, 3});
    CHECK(positions({"--from", "4", "--to", "4"}) == numbers{4});  // in the middle of an append
    CHECK(positions({"--from", "8"}).empty());
    CHECK(positions({"--limit", "2"}) == numbers{1, 2});
    CHECK(positions({"--limit", "100"}).size() == 7);
    CHECK(positions({"--type", "shop.sold"}) == numbers{3, 4, 6});
    CHECK(positions({"--type", "shop.sold", "--type", "shop.closed", "--from", "4"}) == numbers{4, 6, 7});
    CHECK(positions({"--type=shop.sold", "--limit=1", "--backward"}) == numbers{6});
    CHECK(positions({"--backward"}) == numbers{7, 6, 5, 4, 3, 2, 1});
    CHECK(positions({"--backward", "--limit", "3", "--to", "4"}) == numbers{4, 3, 2});
    CHECK(positions({"--backward", "--from", "6"}) == numbers{7, 6});
    CHECK(positions({"--stream", "shop-north"}) == numbers{1, 3, 4, 7});
    CHECK(positions({"--stream", "shop-süd", "--backward"}) == numbers{6, 2});
    CHECK(positions({"--stream", "shop-north", "--from", "2", "--to", "3"}) == numbers{3, 4});  // versions
    CHECK(positions({"--stream", "shop-north", "--from", "5"}).empty());
    CHECK(positions({"--stream", "shop-north", "--type", "shop.closed"}) == numbers{7});
}

TEST_CASE_FIXTURE(stored, "a type that was renamed is found under the names that a plugin knows of it") {
    const words renamed{"--type", "shop.sale_made", "--plugin", ACTA_PLUGIN_RENAMED};
    CHECK(positions(renamed) == positions({"--type", "shop.sold"}));
    CHECK(positions({"--type", "shop.closed", "--plugin", ACTA_PLUGIN_RENAMED}) == positions({"--type", "shop.closed"}));
    CHECK(run({"events", store, "--type", "shop.sale_made"}).code == 3);
}

TEST_CASE_FIXTURE(stored, "options may stand before the store, and --type takes one word only") {
    const ended result = run({"events", "--json", "--type", "shop.closed", store});
    CHECK(result.code == 0);
    CHECK(result.lines().size() == 1);
}

TEST_CASE_FIXTURE(stored, "a stream or type that the store has never seen is told from one without events") {
    const ended stream = run({"events", store, "--stream", "shop-west"});
    CHECK(stream.code == 3);
    CHECK(stream.out.empty());
    CHECK(stream.said_one_sentence());
    CHECK(stream.err.find("\"shop-west\"") != std::string::npos);
    const ended type = run({"events", store, "--type", "shop.sodl"});
    CHECK(type.code == 3);
    CHECK(type.said_one_sentence());
    CHECK(type.err.find("did you mean \"shop.sold\"?") != std::string::npos);
}

TEST_CASE("events of many pages come whole and in order, both ways") {
    const folder in;
    const std::string store = in.path("large.acta");
    make_large_store(store, 12'345);
    const auto check = [](const ended& result, std::int64_t first, std::int64_t step, std::size_t count) {
        CHECK(result.code == 0);
        const auto lines = result.json_lines();
        REQUIRE(lines.size() == count);
        for (const json& line : lines) {
            if (line["position"] != first || line["data"]["cents"] != first - 1) FAIL("position ", first, " is ", line.dump());
            first += step;
        }
    };
    check(run({"events", store, "--json"}), 1, 1, 12'345);
    check(run({"events", store, "--json", "--backward"}), 12'345, -1, 12'345);
    check(run({"events", store, "--json", "--limit", "2500", "--from", "5003"}), 5'003, 1, 2'500);
    check(run({"events", store, "--json", "--limit", "2500", "--backward"}), 12'345, -1, 2'500);
    check(run({"events", store, "--json", "--stream", "shop-7"}), 701, 1, 100);
    CHECK(run({"events", store}).lines().size() == 12'345);
}

TEST_CASE("a store without events prints nothing") {
    const folder in;
    const std::string store = in.path("empty.acta");
    make_large_store(store, 0);
    for (const words& given :
         {words{"events", store}, words{"events", store, "--json"}, words{"events", store, "--backward"}, words{"streams", store}}) {
        const ended result = run(given);
        CHECK(result.code == 0);
        CHECK(result.out.empty());
        CHECK(result.err.empty());
    }
}
