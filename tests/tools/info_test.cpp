// `acta info`: the facts of a store.
#include <acta/event/command_id.hpp>
#include <acta/store/sqlite.hpp>

#include "running.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace acta::testing_the_command;
using nlohmann::json;

TEST_CASE("info says what a store is and how much is in it") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    std::string uuid;
    {
        const acta::sqlite_log log(store, {.read_only = true});
        uuid = acta::uuid_text(log.uuid());
    }

    const ended plain = run({"info", store});
    CHECK(plain.code == 0);
    CHECK(plain.err.empty());
    for (const std::string& part :
         {store, uuid, std::string("format        1\n"), std::string("events        7\n"),
          std::string("created       2026-01-02T03:04:05.000000Z\n"), std::string("newest        2026-01-02T03:04:10.000000Z\n"),
          std::string("\n  shop.opened\n"), std::string("\n  shop.closed@2\n")}) {
        CAPTURE(part);
        CHECK(plain.out.find(part) != std::string::npos);
    }

    const auto lines = run({"info", store, "--json"}).json_lines();
    REQUIRE(lines.size() == 1);
    json info = lines[0];
    CHECK(info["bytes"].get<std::uintmax_t>() == std::filesystem::file_size(store));
    CHECK(info["types"][0]["fingerprint"].get<std::string>().size() == 16);
    for (json& type : info["types"]) type.erase("fingerprint");
    info.erase("bytes");
    CHECK(info ==
          json::parse(
              R"({"acta":1,"kind":"info","store":")" + store + R"(","format":1,"uuid":")" + uuid +
              R"(","created_at":"2026-01-02T03:04:05.000000Z","events":7,"newest_at":"2026-01-02T03:04:10.000000Z","wal_bytes":0,"types":[
        {"type":"shop.opened","revision":1},{"type":"shop.sold","revision":1},{"type":"shop.closed","revision":2}]})"));
}

TEST_CASE("info of a store without events says so") {
    const folder in;
    const std::string store = in.path("empty.acta");
    make_large_store(store, 0);
    CHECK(run({"info", store}).out.find("newest        none yet\n") != std::string::npos);
    const auto lines = run({"info", store, "--json"}).json_lines();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["events"] == 0);
    CHECK(lines[0]["newest_at"].is_null());
    CHECK(lines[0]["types"].empty());
}

TEST_CASE("a store that another process is writing to can be looked at, and sees what is committed") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    const acta::sqlite_log writer(store);  // holds its write-ahead log open
    for (const words& given : {words{"info", store}, words{"events", store}, words{"streams", store}}) {
        const ended result = run(given);
        CAPTURE(result.err);
        CHECK(result.code == 0);
        CHECK(result.err.empty());
    }
}

TEST_CASE("a path with strange characters is a path like any other") {
    const folder in;
    for (const char* name : {":memory:", "with space.acta", "süß.acta", "quote\".acta", "line\nbreak.acta", "esc\x1b[31m.acta",
                             "-dash.acta", "bad\xff.acta"}) {
        const std::string store = in.path(name);
        make_store(store);
        const ended result = run({"info", "--json", store});
        CAPTURE(name);
        CHECK(result.code == 0);
        CHECK(result.json_lines().size() == 1);
        CHECK_FALSE(has_control_characters(result.out));
    }
    const ended here =
        run_shell("cd '" + in.root().string() + "' && $acta info :memory: && $acta info ./-dash.acta && $acta info -- -dash.acta");
    CHECK(here.code == 0);
    CHECK(here.err.empty());
}
