// `acta streams`: the streams of a store.
#include "running.hpp"

#include <doctest/doctest.h>

using namespace acta::testing_the_command;
using nlohmann::json;

TEST_CASE("streams come in the order in which they were made, with their newest event") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    const ended plain = run({"streams", store});
    CHECK(plain.code == 0);
    CHECK(plain.err.empty());
    CHECK(plain.lines() == words{"shop-north  4  7  2026-01-02T03:04:10.000000Z", "shop-süd    2  6  2026-01-02T03:04:09.000000Z",
                                 "till-1      1  5  2026-01-02T03:04:08.000000Z"});
    const auto lines = run({"streams", store, "--json"}).json_lines();
    REQUIRE(lines.size() == 3);
    CHECK(lines[1] == json::parse(R"({"acta":1,"kind":"stream","stream":"shop-süd","category":"shop","version":2,"position":6,
        "recorded_at":"2026-01-02T03:04:09.000000Z"})"));
}

TEST_CASE("category and limit narrow the streams") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    CHECK(run({"streams", store, "--category", "till"}).lines() == words{"till-1  1  5  2026-01-02T03:04:08.000000Z"});
    CHECK(run({"streams", store, "--category", "shop", "--limit", "1"}).lines().size() == 1);
    CHECK(run({"streams", store, "--limit", "2"}).lines().size() == 2);
    const ended none = run({"streams", store, "--category", "sho"});
    CHECK(none.code == 3);
    CHECK(none.out.empty());
    CHECK(none.said_one_sentence());
    CHECK(none.err.find("\"sho\"") != std::string::npos);
}

TEST_CASE("streams of many pages come whole") {
    const folder in;
    const std::string store = in.path("large.acta");
    make_large_store(store, 250'000);
    const auto lines = run({"streams", store, "--json"}).json_lines();
    REQUIRE(lines.size() == 2'500);
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i]["stream"] != "shop-" + std::to_string(i) || lines[i]["version"] != 100) FAIL("line ", i, ": ", lines[i].dump());
    CHECK(run({"streams", store, "--limit", "1500"}).lines().size() == 1'500);
}
