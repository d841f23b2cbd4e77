// Events on their way in: metadata and tags of their own.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace tests;

TEST_CASE("an event is encoded where it is made") {
    const new_event plain = deposited{5};
    CHECK(plain.codec().type == deposited::event);
    deposited back;
    plain.codec().decode(plain.payload(), &back);
    CHECK(back == deposited{5});
    CHECK(plain.metadata().empty());
    CHECK(plain.tags().empty());
}

TEST_CASE("tags are those given and the event's own, in order and once each") {
    const new_event both = withdrawn{5} | tagged("z", "last") | tagged("a", "first") | tagged("kind", "debit") | tagged("a", "first");
    CHECK(both.tags() == std::vector<tag>{tag("a", "first"), tag("kind", "debit"), tag("z", "last")});
    CHECK(new_event(withdrawn{5}).tags() == std::vector<tag>{tag("kind", "debit")});
}

TEST_CASE("with and tagged may be chained in any order and leave the event alone") {
    const annotated<deposited> noted =
        deposited{5} | with("reason", "fee") | tagged("month", "may") | with("reason", "gift") | with("by", "ada");
    CHECK(noted.event == deposited{5});
    CHECK(noted.metadata.find("reason") == "gift");
    CHECK(noted.metadata.find("by") == "ada");
    CHECK(noted.tags == std::vector<tag>{tag("month", "may")});
}

TEST_CASE("what breaks the rules of a tag or a key is refused before anything is stored") {
    CHECK(thrown_by([] { (void)(deposited{1} | tagged("", "x")); }).code() == errc::bad_name);
    CHECK(thrown_by([] { (void)(deposited{1} | tagged("a:b", "x")); }).code() == errc::bad_name);
    CHECK(thrown_by([] { (void)(deposited{1} | tagged("a", std::string(200, 'x'))); }).code() == errc::bad_name);
    CHECK(thrown_by([] { (void)(deposited{1} | with("", "x")); }).code() == errc::bad_name);
    CHECK(thrown_by([] { (void)(deposited{1} | with("actor", "x")); }).code() == errc::bad_name);
}

TEST_CASE("tags and metadata are stored and read back, per event") {
    on_each_store([](acta::log& to) {
        metadata shared;
        shared.with_actor("teller").with("branch", "north");
        REQUIRE(to.append(
            account("ada"), none,
            {opened{"Ada"}, withdrawn{5} | with("branch", "south") | tagged("a", "1"), deposited{7} | tagged("a", "1") | tagged("b", "2")},
            shared));
        const auto all = read_all(to);
        REQUIRE(all.size() == 3);
        CHECK(all[0].tags == "");
        CHECK(all[1].tags == "a:1 kind:debit ");
        CHECK(all[2].tags == "a:1 b:2 ");
        CHECK(all[0].own == "");
        CHECK(all[2].own == "");

        std::vector<envelope> about;
        for (const stored_event& event : to.read()) event.fill(about.emplace_back());
        CHECK(about[0].metadata.find("branch") == "north");
        CHECK(about[1].metadata.find("branch") == "south");
        CHECK(about[1].metadata.actor() == "teller");
        CHECK(about[1].tags == std::vector<tag>{tag("a", "1"), tag("kind", "debit")});
        CHECK(about[2].stream.text() == "account-ada");
        CHECK(about[2].version == 3);
    });
}

TEST_CASE("an envelope that is filled again keeps nothing of the event before") {
    sqlite_log to(":memory:");
    metadata shared;
    shared.with_actor("teller");
    REQUIRE(to.append(account("ada"), none, {withdrawn{5} | with("note", "x")}, shared));
    REQUIRE(to.append(account("bob"), none, {deposited{1}}));
    envelope about;
    for (const stored_event& event : to.read()) event.fill(about);
    CHECK(about.stream.text() == "account-bob");
    CHECK(about.tags.empty());
    CHECK(about.metadata.empty());
}

TEST_CASE("a tag is stored once, however many events have it") {
    const folder here;
    {
        sqlite_log to(here / "bank.acta");
        std::vector<new_event> events;
        for (int i = 0; i < 300; ++i) events.emplace_back(withdrawn{i} | tagged("month", "may"));
        REQUIRE(to.append(account("ada"), none, std::move(events)));
        REQUIRE(to.append(account("bob"), none, {withdrawn{1}}));
    }
    shell sqlite(here / "bank.acta");
    CHECK(sqlite.ask("SELECT group_concat(name, ' ') FROM tag") == "kind:debit month:may");
    CHECK(sqlite.ask("SELECT group_concat(name || '@' || last_position, ' ') FROM (SELECT * FROM entry_tag JOIN tag ON id = tag ORDER BY "
                     "name, last_position)") == "kind:debit@256 kind:debit@300 kind:debit@301 month:may@256 month:may@300");
}
