// `acta layout`: list, show, diff, check.
#include <acta/event/codec.hpp>
#include <acta/event/layout.hpp>
#include <acta/store/sqlite.hpp>

#include "running.hpp"
#include "shop.hpp"

#include <doctest/doctest.h>

using namespace acta::testing_the_command;
using nlohmann::json;

namespace {

/// The shop of a later build: sold has lost a field, gained two, and an enum without names.
enum class pay : std::uint8_t { cash, card };
struct sold_later {
    static constexpr acta::event_type event{"shop.sold", 1};
    std::int64_t cents = 0;
    std::vector<std::string> goods{};
    pay by = pay::cash;
    std::string till = "till-1";
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("goods", goods), acta::field("cents", cents), acta::field("by", by), acta::field("till", till));
    }
};

std::string store_of_two_builds(const folder& in) {
    const std::string store = in.path("shops.acta");
    make_store(store);
    acta::sqlite_log log(store);
    REQUIRE(log.append(acta::stream_name("shop-north"), acta::any, {sold_later{5, {"tea"}}}));
    return store;
}

std::string fingerprint(const acta::event_codec& of) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[of.fingerprint >> shift & 15];
    return text;
}

}  // namespace

template const acta::event_codec& acta::codec_of<sold_later>();

TEST_CASE("layout list shows every layout with its events, the first and the last") {
    const folder in;
    const std::string store = store_of_two_builds(in);
    const ended plain = run({"layout", "list", store});
    CHECK(plain.code == 0);
    REQUIRE(plain.lines().size() == 4);
    CHECK(plain.lines()[1].find("shop.sold") == 0);
    CHECK(plain.lines()[2].find("shop.closed@2") == 0);
    const auto lines = run({"layout", "list", store, "--json"}).json_lines();
    REQUIRE(lines.size() == 4);
    CHECK(lines[3]["kind"] == "layout");
    CHECK(lines[3]["type"] == "shop.sold");
    CHECK(lines[3]["revision"] == 1);
    CHECK(lines[3]["fingerprint"] == fingerprint(acta::codec_of<sold_later>()));
    CHECK(lines[3]["events"] == 1);
    CHECK(lines[3]["first"] == 8);
    CHECK(lines[3]["last"] == 8);
    CHECK(lines[3]["layout"] == json::parse(acta::codec_of<sold_later>().layout_text));
    CHECK(lines[0]["events"].get<int>() + lines[1]["events"].get<int>() + lines[2]["events"].get<int>() == 7);
}

TEST_CASE("on a terminal layout list has a line that says what stands in its columns") {
    const folder in;
    const std::string store = store_of_two_builds(in);
    const ended shown = run({"layout", "list", store}, {.out = surroundings::stream::terminal, .variables = {"NO_COLOR=1"}});
    CHECK(shown.code == 0);
    REQUIRE(shown.lines().size() == 5);
    for (const char* const column : {"type", "layout", "events", "first", "last"})
        CHECK(shown.lines()[0].find(column) != std::string::npos);
}

TEST_CASE("layout show names the fields and their types") {
    const folder in;
    const std::string store = store_of_two_builds(in);
    const ended plain = run({"layout", "show", store, "shop.sold@1:" + fingerprint(acta::codec_of<sold_later>()).substr(0, 6)});
    CHECK(plain.code == 0);
    CHECK(plain.out == "shop.sold, layout " + fingerprint(acta::codec_of<sold_later>()) +
                           "\n  goods  list of text\n  cents  i64\n  by     enum of u8 (without names)\n  till   text\n");
    CHECK(run({"layout", "show", store, "shop.sold", "--json"}).json_lines().size() == 2);
    const ended absent = run({"layout", "show", store, "shop.sodl"});
    CHECK(absent.code == 3);
    CHECK(absent.err.find("did you mean \"shop.sold\"?") != std::string::npos);
}

TEST_CASE("layout show gives a JSON Schema that says what the payload's JSON is") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    const ended shown = run({"layout", "show", store, "shop.sold", "--schema"});
    REQUIRE(shown.code == 0);
    CHECK(json::parse(shown.out) ==
          json::parse(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":"shop.sold","type":"object",
        "properties":{"cents":{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807},
                      "goods":{"type":"array","items":{"type":"string"}},
                      "customer":{"anyOf":[{"type":"string"},{"type":"null"}]}},
        "required":["cents","goods","customer"],"additionalProperties":false})"));
}

TEST_CASE("layout diff says what was removed, changed and added, and whether events can still be read") {
    const folder in;
    const std::string store = store_of_two_builds(in);
    const std::string before = "shop.sold@1:" + fingerprint(acta::codec_of<shop::sold>());
    const std::string after = "shop.sold@1:" + fingerprint(acta::codec_of<sold_later>());
    CHECK(run({"layout", "diff", store, before, after}).out ==
          "- customer  optional text\n+ by  enum of u8 (without names)\n+ till  text\n" + before + " can be read as " + after +
              " by the names of its fields\n");
    const ended other = run({"layout", "diff", store, before, "shop.opened", "--json"});
    REQUIRE(other.json_lines().size() == 1);
    CHECK(other.json_lines()[0]["readable_by_name"] == true);  // all fields removed, one added
    const ended same = run({"layout", "diff", store, before, before});
    CHECK(same.out == "the same layout\n");
    const ended vague = run({"layout", "diff", store, "shop.sold", "shop.opened"});
    CHECK(vague.code == 2);
    CHECK(vague.err.find(before) != std::string::npos);
}

TEST_CASE("layout check passes when a plugin can read everything, and says how") {
    const folder in;
    const std::string store = store_of_two_builds(in);
    const ended checked = run({"layout", "check", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--json"});
    CHECK(checked.code == 0);
    const auto lines = checked.json_lines();
    REQUIRE(lines.size() == 4);
    CHECK(lines[1]["read"] == "as stored");
    CHECK(lines[3]["read"] == "by name");
    CHECK(lines[3]["events"] == 1);
}

TEST_CASE("layout check ends with 7 and a table of what a plugin cannot read") {
    const folder in;
    const std::string store = store_of_two_builds(in);
    const ended checked = run({"layout", "check", store, "--plugin", ACTA_PLUGIN_OTHER_LAYOUT});
    CHECK(checked.code == 7);
    CHECK(checked.said_one_sentence());
    CHECK(checked.err.find("cannot read 2 of the layouts") != std::string::npos);
    CHECK(checked.out.find("UNREADABLE") != std::string::npos);
    CHECK(checked.out.find("its field 'cents' is stored as \"i64\" and is \"text\" here") != std::string::npos);
    CHECK(checked.out.find("not consumed") != std::string::npos);
    CHECK(checked.out.find("unprotected: shop.sold how is an enum without acta_names") != std::string::npos);
    const auto lines = run({"layout", "check", store, "--plugin", ACTA_PLUGIN_OTHER_LAYOUT, "--json"}).json_lines();
    REQUIRE(lines.size() == 5);
    CHECK(lines[4] == json::parse(R"({"acta":1,"kind":"unprotected_enum","type":"shop.sold","revision":1,"field":"how"})"));
}

TEST_CASE("the usage of layout says that it takes several types") {
    CHECK(run({"help", "layout"}).out.find("usage: acta layout [options] ACTION STORE [TYPE...]\n") != std::string::npos);
}

TEST_CASE("the words of layout are checked") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    for (const words& wrong : {words{"layout", "lits", store}, words{"layout", "show", store}, words{"layout", "diff", store, "shop.sold"},
                               words{"layout", "check", store}, words{"layout", "list", store, "shop.sold"},
                               words{"layout", "list", store, "--schema"}, words{"layout", "list", store, "--plugin", "x"}}) {
        const ended refused = run(wrong);
        CHECK(refused.code == 2);
        CHECK(refused.said_one_sentence());
    }
    CHECK(run({"layout", "lits", store}).err.find("did you mean \"list\"?") != std::string::npos);
}
