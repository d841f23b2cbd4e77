// Appending: what is expected is checked, and a call is stored whole or not at all.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace acta;
using namespace tests;

namespace {

const stream_name ada = account("ada"), bob = account("bob"), eve = account("eve");

attached payload_of(std::size_t bytes) { return {std::vector<std::byte>(bytes, std::byte{0x5a})}; }

/// What a call that throws has to leave behind: nothing of its own, and a log that goes on.
template <class Call>
failure refused(acta::log& to, Call&& call) {
    const auto before = read_all(to);
    const auto types = to.types().size();
    const failure why = thrown_by(call);
    CHECK(read_all(to) == before);
    CHECK(to.types().size() == types);
    CHECK(to.head() == static_cast<position>(before.size()));
    CHECK(to.append(account("after"), any, {deposited{1}}));
    CHECK(to.head() == static_cast<position>(before.size()) + 1);
    return why;
}

}  // namespace

TEST_CASE("each expectation holds of some streams and not of others") {
    on_each_store([](acta::log& to) {
        struct {
            expected_version expected;
            bool of_none, of_two;
            std::string words;
        } const cases[] = {{any, true, true, "any version"},
                           {none, true, false, "no stream"},
                           {exists, false, true, "an existing stream"},
                           {exactly(0), true, false, "version 0"},
                           {exactly(1), false, false, "version 1"},
                           {exactly(2), false, true, "version 2"},
                           {exactly(3), false, false, "version 3"},
                           {exactly(-1), false, false, "version -1"},
                           {exactly(std::numeric_limits<version>::max()), false, false, "version 9223372036854775807"}};
        int number = 0;
        for (const auto& [expected, of_none, of_two, words] : cases) {
            CAPTURE(words);
            CHECK(expected.text() == words);
            const stream_name fresh = account("fresh" + std::to_string(++number)), used = account("used" + std::to_string(number));
            REQUIRE(to.append(used, none, deposits(2)));
            for (const auto& [stream, actual, holds] : {std::tuple(fresh, version{0}, of_none), std::tuple(used, version{2}, of_two)}) {
                const position before = to.head();
                const append_result answer = to.append(stream, expected, {deposited{7}});
                CHECK(expected.holds(actual) == holds);
                CHECK(answer.has_value() == holds);
                CHECK(to.head() == before + (holds ? 1 : 0));
                if (holds) {
                    CHECK(answer->version() == actual + 1);
                    CHECK(answer->first_position == before + 1);
                    CHECK(answer->last_position == before + 1);
                } else {
                    CHECK(answer.error().code == errc::conflict);
                    CHECK(answer.error().conflict.stream == stream);
                    CHECK(answer.error().conflict.expected == expected);
                    CHECK(answer.error().conflict.actual == actual);
                    CHECK(says(answer.error().text, stream.text()));
                    CHECK(says(answer.error().text, words));
                    CHECK(says(answer.error().text, "at version " + std::to_string(actual)));
                }
            }
        }
    });
}

TEST_CASE("what a conflict answers is what the next try needs") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(ada, none, deposits(3)));
        const append_result late = to.append(ada, exactly(2), {withdrawn{1}});
        REQUIRE_FALSE(late);
        CHECK(to.append(ada, exactly(late.error().conflict.actual), {withdrawn{1}}));
    });
}

TEST_CASE("an append to several streams is stored whole, in the order of its writes") {
    on_each_store([](acta::log& to) {
        append_request both;
        both.writes.push_back({bob, none, {opened{"Bob"}, deposited{1}}});
        both.writes.push_back({ada, none, {opened{"Ada"}}});
        both.writes.push_back({eve, any, {opened{"Eve"}, deposited{2}, deposited{3}}});
        both.metadata.with_actor("teller");
        const append_result answer = to.append(both);
        REQUIRE(answer);
        CHECK(answer->first_position == 1);
        CHECK(answer->last_position == 6);
        CHECK(answer->versions == std::vector<version>{2, 1, 3});
        CHECK(answer->version() == 3);
        const auto all = read_all(to);
        std::string order;
        for (const seen& event : all) order += event.stream + "@" + std::to_string(event.version) + " ";
        CHECK(order == "account-bob@1 account-bob@2 account-ada@1 account-eve@1 account-eve@2 account-eve@3 ");
        for (const seen& event : all) CHECK(event.shared == all[0].shared);
    });
}

TEST_CASE("an append of which one stream conflicts stores nothing of any") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(bob, none, {opened{"Bob"}}));
        append_request both;
        both.writes.push_back({ada, none, {opened{"Ada"}}});
        both.writes.push_back({bob, none, {opened{"Bob"}}});
        const append_result answer = to.append(both);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().conflict.stream == bob);
        CHECK(answer.error().conflict.actual == 1);
        CHECK(to.head() == 1);
        CHECK_FALSE(to.find_stream(ada));
        CHECK(to.append(ada, none, {opened{"Ada"}})->first_position == 2);
    });
}

TEST_CASE("many appends of one call have an answer each, and a conflict leaves the others alone") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(bob, none, {opened{"Bob"}}));
        const std::vector<append_request> requests{request(ada, none, {opened{"Ada"}}), request(bob, none, {opened{"Bob"}}),
                                                   request(ada, exactly(1), deposits(2)), request(eve, exists, {deposited{1}}),
                                                   request(account("zoe"), any, {opened{"Zoe"}})};
        const auto answers = to.append_all(requests);
        REQUIRE(answers.size() == 5);
        CHECK(answers[0]->last_position == 2);
        CHECK(answers[1].error().conflict.actual == 1);
        CHECK(answers[2]->first_position == 3);
        CHECK(answers[2]->version() == 3);
        CHECK(answers[3].error().conflict.actual == 0);
        CHECK(answers[4]->first_position == 5);
        CHECK(positions(read_all(to)) == std::vector<position>{1, 2, 3, 4, 5});
        CHECK(to.append(ada, exactly(3), {deposited{1}})->first_position == 6);
    });
}

TEST_CASE("what follows a conflict on the same stream in one call conflicts as well") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(ada, none, deposits(2)));
        append_request both;  // conflicts on ada, so what was to happen to bob never came to be either
        both.writes.push_back({bob, none, {opened{"Bob"}}});
        both.writes.push_back({ada, exactly(1), {withdrawn{1}}});
        const std::vector<append_request> requests{both, request(ada, exactly(2), {withdrawn{2}}), request(bob, any, {deposited{3}}),
                                                   request(eve, none, {opened{"Eve"}}), request(ada, any, {withdrawn{4}})};
        const auto answers = to.append_all(requests);
        CHECK_FALSE(answers[0]);
        REQUIRE_FALSE(answers[1]);
        CHECK(answers[1].error().conflict.stream == ada);
        CHECK(answers[1].error().conflict.actual == 2);
        CHECK(says(answers[1].error().text, "after an append of the same call that conflicted"));
        CHECK_FALSE(answers[2]);
        CHECK(answers[3]);
        CHECK_FALSE(answers[4]);
        CHECK(to.head() == 3);
        CHECK_FALSE(to.find_stream(bob));
        CHECK(to.append(ada, exactly(2), {withdrawn{2}}));  // only within that call
        CHECK(to.append(bob, none, {opened{"Bob"}}));
    });
}

TEST_CASE("a conflict passes on through the streams of those that it makes conflict") {
    on_each_store([](acta::log& to) {
        const auto two = [](const stream_name& a, expected_version of_a, const stream_name& b, expected_version of_b) {
            append_request both;
            both.writes.push_back({a, of_a, {deposited{1}}});
            both.writes.push_back({b, of_b, {deposited{1}}});
            return both;
        };
        const std::vector<append_request> requests{request(ada, exists, {deposited{1}}), two(ada, any, bob, any), two(bob, any, eve, any),
                                                   request(eve, any, {deposited{1}})};
        for (const append_result& answer : to.append_all(requests)) CHECK_FALSE(answer);
        CHECK(to.head() == 0);
    });
}

TEST_CASE("a call of which everything conflicts stores nothing and costs the next one nothing") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(ada, none, {opened{"Ada"}}));
        std::vector<append_request> requests;
        for (int i = 0; i < 3'000; ++i) requests.push_back(request(account(std::to_string(i)), exists, {deposited{1}}));
        for (const append_result& answer : to.append_all(requests)) CHECK_FALSE(answer);
        CHECK(to.head() == 1);
        CHECK(to.append_all({}).empty());
        CHECK(to.append(ada, exactly(1), {deposited{1}})->first_position == 2);
    });
}

TEST_CASE("more than 256 events of one stream are stored as several entries of one transaction") {
    const folder here;
    {
        sqlite_log to(here / "bank.acta");
        const append_result answer = to.append(ada, none, deposits(600));
        REQUIRE(answer);
        CHECK(answer->first_position == 1);
        CHECK(answer->last_position == 600);
        CHECK(answer->version() == 600);
        const auto all = read_all(to, ada);
        REQUIRE(all.size() == 600);
        CHECK(all[599].version == 600);
        CHECK(to.append(ada, exactly(600), deposits(256))->version() == 856);
    }
    shell sqlite(here / "bank.acta");
    CHECK(sqlite.ask("SELECT group_concat(last_position || '@' || last_version, ' ') FROM entry") == "256@256 512@512 600@600 856@856");
    CHECK(sqlite.ask("SELECT count(DISTINCT recorded_at) FROM entry WHERE last_position <= 600") == "1");
}

TEST_CASE("a run of more than 16 MiB is stored as several entries, and one large event alone") {
    const folder here;
    {
        sqlite_log to(here / "bank.acta", {.max_event_size = 64U << 20});
        std::vector<new_event> events;
        for (int i = 0; i < 4; ++i) events.emplace_back(payload_of(7U << 20));
        events.emplace_back(payload_of(20U << 20));
        events.emplace_back(deposited{1});
        REQUIRE(to.append(ada, none, std::move(events)));
        const auto all = read_all(to, ada);
        REQUIRE(all.size() == 6);
        CHECK(all[3].payload.size() > 7U << 20);
        CHECK(all[4].payload.size() > 20U << 20);
    }
    shell sqlite(here / "bank.acta");
    CHECK(sqlite.ask("SELECT group_concat(last_version, ' ') FROM entry") == "2 4 5 6");
}

TEST_CASE("an append of nothing is refused") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(ada, none, {opened{"Ada"}}));
        const failure empty = refused(to, [&] { (void)to.append(append_request{}); });
        CHECK(empty.code() == errc::misuse);
        CHECK(says(empty, "give at least one stream"));
        const failure no_events = refused(to, [&] { (void)to.append(bob, any, {}); });
        CHECK(no_events.code() == errc::misuse);
        CHECK(says(no_events, "account-bob"));
        append_request half;
        half.writes.push_back({bob, any, {deposited{1}}});
        half.writes.push_back({eve, any, {}});
        CHECK(says(refused(to, [&] { (void)to.append(half); }), "account-eve"));
        const failure nameless = refused(to, [&] { (void)to.append(stream_name(), any, {deposited{1}}); });
        CHECK(nameless.code() == errc::bad_name);
    });
}

TEST_CASE("a stream that stands twice in one append is refused") {
    on_each_store([](acta::log& to) {
        append_request twice;
        twice.writes.push_back({ada, any, {deposited{1}}});
        twice.writes.push_back({bob, any, {deposited{2}}});
        twice.writes.push_back({ada, any, {deposited{3}}});
        const failure why = refused(to, [&] { (void)to.append(twice); });
        CHECK(why.code() == errc::misuse);
        CHECK(says(why, "account-ada"));
    });
}

TEST_CASE("a payload over the limit is refused, one at the limit is stored") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.max_event_size = 1'000});
    const std::size_t overhead = new_event(payload_of(900)).payload().size() - 900;
    const failure why = refused(to, [&] { (void)to.append(ada, any, {opened{"Ada"}, payload_of(1'001 - overhead)}); });
    CHECK(why.code() == errc::too_large);
    CHECK(says(why, "account.attached"));
    CHECK(says(why, "account-ada"));
    CHECK(says(why, "1001"));
    CHECK(to.append(ada, any, {payload_of(1'000 - overhead)}));
    CHECK(thrown_by([&] { sqlite_log(here / "other.acta", {.max_event_size = (64U << 20) + 1}); }).code() == errc::misuse);
    CHECK_FALSE(std::filesystem::exists(here / "other.acta"));
}

TEST_CASE("metadata too large for a row is refused") {
    sqlite_log to(":memory:");
    metadata large;
    large.with("note", std::string(130U << 20, 'x'));
    const failure shared = refused(to, [&] { (void)to.append(ada, any, {deposited{1}}, large); });
    CHECK(shared.code() == errc::too_large);
    const failure own = refused(to, [&] { (void)to.append(ada, any, {annotated<deposited>{{1}, std::move(large), {}}}); });
    CHECK(own.code() == errc::too_large);
}

TEST_CASE("a call that fails in its middle stores nothing, also of new streams, types and tags") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(ada, none, {deposited{1}}));
        const std::vector<append_request> requests{request(bob, none, {opened{"Bob"} | tagged("owner", "bob")}),
                                                   request(ada, any, {deposited_changed{"late"}})};
        const failure why = refused(to, [&] { to.append_all(requests); });
        CHECK(why.code() == errc::layout_mismatch);
        CHECK_FALSE(to.find_stream(bob));
        REQUIRE(to.append(bob, none, {opened{"Bob"} | tagged("owner", "robert")}));
        CHECK(read_all(to, bob)[0].tags == "owner:robert ");
        CHECK(read_all(to, bob)[0].type == "account.opened");
    });
}

TEST_CASE("names that break the rules never reach the store") {
    for (const std::string& bad :
         {std::string(), std::string(10'000, 'x'), "account-" + std::string(10'000, 'x'), std::string("account"), std::string("-ada"),
          std::string("account-"), std::string("account-\xff"), std::string("account-a\0b", 11), std::string("account-\x1b[2J")}) {
        const failure why = thrown_by([&] { stream_name{bad}; });
        CHECK(why.code() == errc::bad_name);
        CHECK(std::string_view(why.what()).size() < 400);
    }
}
