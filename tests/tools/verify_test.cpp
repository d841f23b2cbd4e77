// `acta verify`: a sound store, a damaged one, one that cannot be opened.
#include "running.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

using namespace acta::testing_the_command;
using nlohmann::json;

namespace {

void damage(const std::string& file) {
    sqlite3* on = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &on) == SQLITE_OK);
    sqlite3_db_config(on, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    CHECK(sqlite3_exec(on, "UPDATE entry SET recorded_at = recorded_at + 1 WHERE last_position = 5", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
    sqlite3_close(on);
}

}  // namespace

TEST_CASE("a sound store is said to be what was written") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    const auto before = in.files();
    const ended plain = run({"verify", store});
    CHECK(plain.code == 0);
    CHECK(plain.err.empty());
    REQUIRE(plain.lines().size() == 1);
    CHECK(plain.lines()[0].find("7 events in ") != std::string::npos);
    CHECK(plain.lines()[0].find("all is what was written") != std::string::npos);
    const auto lines = run({"verify", store, "--json"}).json_lines();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["kind"] == "verified");
    CHECK(lines[0]["head"] == 7);
    CHECK(lines[0]["streams"] == 3);
    CHECK(lines[0]["findings"] == 0);
    CHECK(in.files() == before);
}

TEST_CASE("a damaged store has a line for each finding, and exit code 5") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    damage(store);
    const auto before = in.files();
    const ended plain = run({"verify", store});
    CHECK(plain.code == 5);
    CHECK(plain.said_one_sentence());
    CHECK(plain.err.find("shops.acta is damaged") != std::string::npos);
    REQUIRE(plain.lines().size() == 1);
    CHECK(plain.lines()[0].find("the entry that ends at position 5") != std::string::npos);
    const ended ended = run({"verify", store, "--json"});
    CHECK(ended.code == 5);
    const auto lines = ended.json_lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["kind"] == "finding");
    CHECK(lines[1]["findings"] == 1);
    CHECK(in.files() == before);
}

TEST_CASE("what is no store is refused by verify as by every verb") {
    const folder in;
    write_file(in.path("text"), "no store");
    CHECK(run({"verify", in.path("text")}).code == 1);
    CHECK(run({"verify", in.path("missing.acta")}).code == 3);
}

TEST_CASE("damage that keeps a store from being opened is a finding too") {
    const folder in;
    const std::string store = in.path("shops.acta");
    make_store(store);
    write_file(store, bytes_of_file(store).substr(0, 4096));
    const ended ended = run({"verify", store, "--json"});
    CHECK(ended.code == 5);
    CHECK(ended.said_one_sentence());
    const auto lines = ended.json_lines();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["kind"] == "finding");
    CHECK(lines[0]["text"].get<std::string>().find("cut short") != std::string::npos);
}
