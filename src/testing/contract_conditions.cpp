// The contract of conditions and of command ids: what an append rests on, and what it is answered the second time.
#include "contract_events.hpp"

#include <doctest/doctest.h>

namespace acta::testing::detail {

namespace {

const stream_name a("contract", "a"), b("contract", "b");
const tag red("colour", "red"), blue("colour", "blue"), round("shape", "round");

append_result append_if(log& on, std::vector<condition> conditions, int number) {
    append_request one;
    one.writes.push_back({a, any, {counted{number}}});
    one.conditions = std::move(conditions);
    return on.append(one);
}

append_request with_id(command_id id, std::string command, int number) {
    append_request one;
    one.id = std::move(id);
    one.command = std::move(command);
    one.writes.push_back({a, any, {counted{number}}});
    return one;
}

template <class Call>
errc code_of(Call&& call) {
    try {
        call();
    } catch (const failure& why) { return why.code(); }
    return errc{};
}

}  // namespace

void check_conditions(log& on) {
    SUBCASE("where no event matches, an append that rests on that is stored, and the next one conflicts") {
        const query red_ones{{matching(red)}};
        CHECK(on.append(a, fail_if(red_ones, 0), {counted{1} | tagged("colour", "red")}));
        const auto no = on.append(b, fail_if(red_ones, 0), {counted{2} | tagged("colour", "red")});
        REQUIRE_FALSE(no);
        CHECK(no.error().code == errc::conflict);
        CHECK(no.error().conflict.condition == 0);
        CHECK(no.error().conflict.positions == std::vector<position>{1});
        CHECK(no.error().conflict.head == 1);
        CHECK(no.error().conflict.stream.text() == "");
        CHECK(on.append(b, fail_if(red_ones, no.error().conflict.head), {counted{2}}));
    }
    SUBCASE("after is exclusive: what a reading has seen is not in the way, what came since is") {
        REQUIRE(on.append(a, any, {counted{1} | tagged("colour", "red")}));
        const query red_ones{{matching(red)}};
        const position seen = on.read(red_ones).head();
        CHECK(on.append(a, fail_if(red_ones, seen), {counted{2} | tagged("colour", "blue")}));
        CHECK(on.append(a, fail_if(red_ones, seen), {counted{3} | tagged("colour", "red")}));
        CHECK_FALSE(on.append(a, fail_if(red_ones, seen), {counted{4}}));
        CHECK(on.head() == 3);
    }
    SUBCASE("a reading that found nothing has a head to rest on") {
        REQUIRE(on.append(a, any, {counted{1} | tagged("colour", "blue")}));
        const query red_ones{{matching(red)}};
        cursor none = on.read(red_ones);
        CHECK(none.head() == 1);
        REQUIRE(on.append(a, any, {counted{2} | tagged("colour", "red")}));
        CHECK_FALSE(on.append(a, fail_if(red_ones, none.head()), {counted{3}}));
    }
    SUBCASE("an item asks for all of its tags and any of its types, a query for any of its items") {
        REQUIRE(on.append(a, any, {counted{1} | tagged("colour", "red"), noted{"2"} | tagged("shape", "round")}));
        CHECK(append_if(on, {fail_if({{matching(red, round)}}, 0)}, 3));
        CHECK_FALSE(append_if(on, {fail_if({{matching(blue), matching(round)}}, 0)}, 4));
        CHECK(append_if(on, {fail_if({{matching<noted>(red)}}, 0)}, 4));
        CHECK_FALSE(append_if(on, {fail_if({{matching<noted, counted>(red)}}, 0)}, 5));
        CHECK_FALSE(append_if(on, {fail_if({{matching<noted>()}}, 0)}, 5));
        CHECK(append_if(on, {fail_if({{matching<noted>()}}, 2)}, 5));
    }
    SUBCASE("tags and types are those of one event, not of the entry that it shares with others") {
        REQUIRE(on.append(a, any, {counted{1} | tagged("colour", "red"), noted{"2"} | tagged("shape", "round")}));
        CHECK(append_if(on, {fail_if({{matching(red, round)}}, 0)}, 3));
        CHECK(append_if(on, {fail_if({{matching<counted>(round)}}, 0)}, 4));
        CHECK(append_if(on, {fail_if({{matching(red)}}, 1)}, 5));  // the entry ends behind 1, its red event does not
        CHECK_FALSE(append_if(on, {fail_if({{matching(round)}}, 1)}, 6));
    }
    SUBCASE("each of several conditions has to hold, and versions beside them") {
        REQUIRE(on.append(a, any, {counted{1} | tagged("colour", "red")}));
        const auto no = append_if(on, {fail_if({{matching(blue)}}, 0), fail_if({{matching(red)}}, 0)}, 2);
        REQUIRE_FALSE(no);
        CHECK(no.error().conflict.condition == 1);
        append_request both;
        both.writes.push_back({b, exists, {counted{2}}});
        both.conditions.push_back(fail_if({{matching(blue)}}, 0));
        CHECK(on.append(both).error().conflict.stream == b);
        CHECK(on.head() == 1);
    }
    SUBCASE("a conflict names at most a hundred events") {
        for (int i = 0; i < 150; ++i) REQUIRE(on.append(a, any, {counted{i} | tagged("colour", "red")}));
        CHECK(append_if(on, {fail_if({{matching(red)}}, 10)}, 0).error().conflict.positions.size() == conflict::most_positions);
        CHECK(append_if(on, {fail_if({{matching<counted>()}}, 10)}, 0).error().conflict.positions.front() == 11);
    }
    SUBCASE("requests that come together see what those before them stored") {
        std::vector<append_request> two(2);
        for (append_request& one : two) {
            one.writes.push_back({&one == &two[0] ? a : b, none, {counted{1} | tagged("colour", "red")}});
            one.conditions.push_back(fail_if({{matching(red)}}, 0));
        }
        const auto answers = on.append_all(two);
        CHECK(answers[0]);
        CHECK_FALSE(answers[1]);
    }
    SUBCASE("what no condition can mean is refused and stores nothing: no item, an empty item, an `after` beyond the head or before 0") {
        CHECK(code_of([&] { (void)append_if(on, {fail_if({}, 0)}, 1); }) == errc::misuse);
        CHECK(code_of([&] { (void)append_if(on, {fail_if({{query_item{}}}, 0)}, 1); }) == errc::misuse);
        CHECK(code_of([&] { (void)append_if(on, {fail_if({{matching(red)}}, 1)}, 1); }) == errc::misuse);
        CHECK(code_of([&] { (void)append_if(on, {fail_if({{matching(red)}}, -1)}, 1); }) == errc::misuse);
        CHECK(code_of([&] { (void)positions_of(on.read(query{{query_item{}}})); }) == errc::misuse);
        CHECK(on.head() == 0);
        CHECK(append_if(on, {fail_if({{matching(red)}}, 0)}, 1));
    }
}

void check_answers(log& on) {
    const command_id uuid = command_id::make(), text("order-4711");
    SUBCASE("the same id again gets the first answer and stores nothing") {
        for (const command_id& id : {uuid, text}) {
            append_request one = with_id(id, "count", 1);
            one.answer = {std::byte{7}, std::byte{8}};
            const auto first = on.append(one);
            CHECK_FALSE(first->already_done);
            REQUIRE(on.append(b, any, {counted{2}}));
            one.writes.front().events = {counted{3}, counted{4}};
            one.writes.front().expected = none;
            one.answer = {};
            const auto again = on.append(one);
            REQUIRE(again);
            CHECK(again->already_done);
            CHECK(again->first_position == first->first_position);
            CHECK(again->last_position == first->last_position);
            CHECK(again->versions == first->versions);
            CHECK(again->answer == std::vector<std::byte>{std::byte{7}, std::byte{8}});
        }
        CHECK(on.head() == 4);
    }
    SUBCASE("what is kept can be asked for") {
        CHECK_FALSE(on.find_answer(uuid));
        CHECK_FALSE(on.find_answer({}));
        REQUIRE(on.append(with_id(uuid, "count", 1)));
        const auto kept = on.find_answer(uuid);
        REQUIRE(kept);
        CHECK(kept->command == "count");
        CHECK(kept->what.last_position == 1);
        CHECK(kept->recorded_at == timestamp(std::chrono::seconds(1'700'000'000)));
    }
    SUBCASE("the same id for another command is a misuse with a name, and stores nothing") {
        REQUIRE(on.append(with_id(text, "count", 1)));
        CHECK(code_of([&] { (void)on.append(with_id(text, "recount", 2)); }) == errc::id_reused);
        CHECK(on.head() == 1);
    }
    SUBCASE("a conflict keeps no answer: the id may be sent again") {
        append_request one = with_id(text, "count", 1);
        one.writes.front().expected = exists;
        CHECK_FALSE(on.append(one));
        CHECK_FALSE(on.find_answer(text));
        one.writes.front().expected = any;
        CHECK_FALSE(on.append(one)->already_done);
    }
    SUBCASE("an answer without events can be kept as well") {
        append_request one;
        one.id = text;
        one.command = "count";
        one.answer = {std::byte{1}};
        CHECK(on.append(one)->last_position == 0);
        CHECK(on.head() == 0);
        CHECK(on.append(one)->already_done);
        CHECK(on.find_answer(text)->what.answer.size() == 1);
    }
    SUBCASE("of requests that come together the first with an id wins") {
        const std::vector<append_request> two{with_id(text, "count", 1), with_id(text, "count", 2)};
        const auto answers = on.append_all(two);
        CHECK_FALSE(answers[0]->already_done);
        CHECK(answers[1]->already_done);
        CHECK(on.head() == 1);
    }
    SUBCASE("a text and a UUID that looks like it are two ids") {
        REQUIRE(on.append(with_id(uuid, "count", 1)));
        CHECK_FALSE(on.append(with_id(command_id(uuid.text()), "recount", 2))->already_done);
    }
    SUBCASE("a name or an answer without an id is a misuse") {
        CHECK(code_of([&] { (void)on.append(with_id({}, "count", 1)); }) == errc::misuse);
        CHECK(on.head() == 0);
    }
}

}  // namespace acta::testing::detail
