#include <acta/write/context.hpp>

#include <doctest/doctest.h>

#include <set>

TEST_CASE("a context says what it is made of") {
    const acta::timestamp noon{std::chrono::hours(12)};
    const acta::context about(
        {.now = noon, .command_id = "request-7", .actor = "teller-7", .stream = acta::stream_name("account-ada"), .version = 3});
    CHECK(about.now() == noon);
    CHECK(about.command_id() == acta::command_id("request-7"));
    CHECK(about.actor() == "teller-7");
    CHECK(about.stream().text() == "account-ada");
    CHECK(about.version() == 3);
}

TEST_CASE("new ids differ from each other, and come again in the same order when a command is decided again") {
    acta::context about;
    const std::vector<std::string> first{about.new_id(), about.new_id(), about.new_id()};
    CHECK(std::set<std::string>(first.begin(), first.end()).size() == 3);
    CHECK(first[0].size() == 36);

    about.decide_at(9);
    CHECK(about.version() == 9);
    const std::vector<std::string> second{about.new_id(), about.new_id(), about.new_id()};
    CHECK(second == first);
    CHECK(about.new_id() != first[0]);
}

TEST_CASE("the ids that a test gives are handed out first") {
    const acta::context about({.new_ids = {"one", "two"}});
    CHECK(about.new_id() == "one");
    CHECK(about.new_id() == "two");
    CHECK(about.new_id().size() == 36);
}
