// Positions, versions and times as large as they can be: the command prints them to the last digit.
#include <acta/store/sqlite.hpp>

#include "running.hpp"
#include "shop.hpp"
#include "support/far_store.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace acta::testing_the_command;
using nlohmann::json;

namespace {

constexpr std::int64_t far = (std::int64_t{1} << 62) - 1;  // no floating-point number is this one

/// Its newest event stands there.
struct stored {
    folder in;
    std::string store = in.path("shops.acta");
    stored() {
        make_store(store);
        tests::move_newest_event(store, far, far);
    }
    json only_line(const words& given) const {
        const ended result = run(given);
        CAPTURE(result.err);
        REQUIRE(result.code == 0);
        REQUIRE(result.lines().size() == 1);
        return result.json_lines().front();
    }
};

}  // namespace

TEST_CASE_FIXTURE(stored, "events near the last position are chosen by it and printed exactly, as numbers") {
    const std::string number = std::to_string(far);
    const json event = only_line({"events", store, "--from", number, "--json"});
    CHECK(event["position"] == far);
    CHECK(event["version"] == far);
    CHECK(run({"events", store, "--from", number, "--json"}).out.find("\"position\":" + number + ",") != std::string::npos);
    CHECK(run({"events", store, "--from", number}).out.find(number) != std::string::npos);
    CHECK(run({"events", store, "--from", std::to_string(far - 1), "--to", std::to_string(far - 1)}).code == 5);  // in the gap
    CHECK(only_line({"events", store, "--backward", "--limit", "1", "--json"})["position"] == far);
    CHECK(run({"events", store, "--from", "9223372036854775807"}).lines().empty());
    CHECK(run({"events", store, "--from", "9223372036854775808"}).code == 2);
}

TEST_CASE_FIXTURE(stored, "info, streams and verify print them exactly, and verify names the gap") {
    const std::string number = std::to_string(far);
    CHECK(run({"info", store, "--json"}).out.find(number) != std::string::npos);
    CHECK(run({"streams", store, "--json"}).out.find("\"position\":" + number) != std::string::npos);
    const ended verified = run({"verify", store, "--json"});
    CHECK(verified.code == 5);
    CHECK(verified.out.find(number) != std::string::npos);
}

TEST_CASE("a time at the end of time is printed as its number, and everything else as ever") {
    const folder in;
    const std::string store = in.path("shops.acta");
    const acta::manual_clock clock{acta::timestamp(std::chrono::microseconds(std::numeric_limits<std::int64_t>::max()))};
    make_store(store);
    acta::sqlite_log(store, {.clock = &clock}).append(acta::stream_name("shop", "last"), acta::any, {shop::opened{"Ada"}}).value();
    for (const char* const verb : {"events", "streams", "info"}) {
        const ended result = run({verb, store, "--json"});
        CAPTURE(result.err);
        CHECK(result.code == 0);
        for (const json& line : result.json_lines()) CHECK(line["acta"] == 1);
        CHECK(run({verb, store}).code == 0);
    }
    CHECK(run({"events", store, "--json"}).out.find("9223372036854775807") != std::string::npos);
    CHECK(run({"verify", store}).code == 0);
}
