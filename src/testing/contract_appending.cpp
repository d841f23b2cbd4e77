// The contract of appending: order, gaps, all or nothing, expected versions, time.
#include "contract_events.hpp"

#include <doctest/doctest.h>

namespace acta::testing::detail {

namespace {

const stream_name a("contract", "a"), b("contract", "b"), c("contract", "c");

template <class Call>
errc code_of(Call&& call) {
    try {
        call();
    } catch (const failure& why) { return why.code(); }
    return errc{};
}

}  // namespace

void check_appending(log& on, manual_clock& time) {
    SUBCASE("an empty log has head 0, no stream and no event") {
        CHECK(on.head() == 0);
        CHECK(positions_of(on.read()).empty());
        CHECK_FALSE(on.find_stream(a));
        CHECK(on.streams(0, 10).empty());
        CHECK_FALSE(on.checksum_at(1));
    }
    SUBCASE("positions count from 1 without a gap, versions likewise in each stream") {
        const auto first = on.append(a, none, {counted{1}, counted{2}});
        const auto second = on.append(b, none, {counted{3}});
        const auto third = on.append(a, exactly(2), {counted{4}});
        CHECK(first->first_position == 1);
        CHECK(first->last_position == 2);
        CHECK(first->version() == 2);
        CHECK(second->first_position == 3);
        CHECK(second->version() == 1);
        CHECK(third->last_position == 4);
        CHECK(third->version() == 3);
        CHECK(on.head() == 4);
        CHECK(on.find_stream(a)->position == 4);
        CHECK(on.find_stream(a)->version == 3);
        CHECK(positions_of(on.read()) == first_positions(4));
    }
    SUBCASE("several streams are stored in the order of the request, whole") {
        append_request all;
        all.writes.push_back({b, none, {counted{1}, counted{2}}});
        all.writes.push_back({a, none, {counted{3}}});
        const auto stored = on.append(all);
        CHECK(stored->versions == std::vector<version>{2, 1});
        CHECK(positions_of(on.read(b)) == std::vector<position>{1, 2});
        CHECK(positions_of(on.read(a)) == std::vector<position>{3});
    }
    SUBCASE("one stream in the way, and nothing of the append is stored") {
        REQUIRE(on.append(a, none, {counted{1}}));
        append_request all;
        all.writes.push_back({b, none, {counted{2}}});
        all.writes.push_back({a, exactly(7), {counted{3}}});
        all.writes.push_back({c, none, {counted{4}}});
        const auto no = on.append(all);
        REQUIRE_FALSE(no);
        CHECK(no.error().code == errc::conflict);
        CHECK(no.error().conflict.stream == a);
        CHECK(no.error().conflict.actual == 1);
        CHECK(no.error().conflict.head == 1);
        CHECK(on.head() == 1);
        CHECK_FALSE(on.find_stream(b));
        CHECK_FALSE(on.find_stream(c));
    }
    SUBCASE("every expected version holds or conflicts as it says") {
        CHECK_FALSE(on.append(a, exists, {counted{1}}));
        CHECK_FALSE(on.append(a, exactly(1), {counted{1}}));
        REQUIRE(on.append(a, exactly(0), {counted{1}}));
        CHECK_FALSE(on.append(a, none, {counted{2}}));
        CHECK_FALSE(on.append(a, exactly(0), {counted{2}}));
        CHECK_FALSE(on.append(a, exactly(2), {counted{2}}));
        CHECK(on.append(a, exists, {counted{2}}));
        CHECK(on.append(a, exactly(2), {counted{3}}));
        CHECK(on.append(a, any, {counted{4}}));
        CHECK(on.append(b, any, {counted{5}}));
        CHECK(on.head() == 5);
    }
    SUBCASE("a conflict names the events that were not expected, at most the first hundred") {
        std::vector<new_event> many;
        for (int i = 1; i <= 300; ++i) many.emplace_back(counted{i});
        REQUIRE(on.append(b, none, {counted{0}}));
        REQUIRE(on.append(a, none, std::move(many)));
        REQUIRE(on.append(b, any, {counted{0}}));
        REQUIRE(on.append(a, any, {counted{301}}));
        CHECK(on.append(a, exactly(299), {counted{0}}).error().conflict.positions == std::vector<position>{301, 303});
        CHECK(on.append(a, exactly(250), {counted{0}}).error().conflict.positions.size() == 51);
        const auto all = on.append(a, none, {counted{0}}).error().conflict.positions;
        CHECK(all.size() == conflict::most_positions);
        CHECK(all.front() == 2);
        CHECK(all.back() == 101);
        CHECK(on.append(a, exactly(500), {counted{0}}).error().conflict.positions.empty());
    }
    SUBCASE("more events of one stream than go into one entry are one append") {
        std::vector<new_event> many;
        for (int i = 0; i < 1'000; ++i) many.emplace_back(counted{i});
        const auto stored = on.append(a, none, std::move(many));
        CHECK(stored->first_position == 1);
        CHECK(stored->last_position == 1'000);
        CHECK(stored->version() == 1'000);
        std::int64_t next = 0;
        for (const stored_event& event : on.read(a)) CHECK(number_in(event) == next++);
        CHECK(next == 1'000);
    }
    SUBCASE("requests that come together are stored in order, each with its own answer") {
        std::vector<append_request> all(3);
        all[0].writes.push_back({a, none, {counted{1}}});
        all[1].writes.push_back({b, exactly(9), {counted{2}}});
        all[2].writes.push_back({a, exactly(1), {counted{3}}});
        const auto answers = on.append_all(all);
        REQUIRE(answers.size() == 3);
        CHECK(answers[0]);
        CHECK_FALSE(answers[1]);
        CHECK(answers[2]->last_position == 2);
        CHECK(on.head() == 2);
    }
    SUBCASE("behind a conflict, what was decided on its outcome conflicts as well") {
        std::vector<append_request> all(3);
        all[0].writes.push_back({a, exactly(9), {counted{1}}});
        all[1].writes.push_back({a, none, {counted{2}}});
        all[2].writes.push_back({b, none, {counted{3}}});
        const auto answers = on.append_all(all);
        CHECK_FALSE(answers[0]);
        CHECK_FALSE(answers[1]);
        CHECK(answers[2]);
        CHECK(on.head() == 1);
    }
    SUBCASE("misuse is thrown and stores nothing: no events, a stream that stands twice, nothing at all") {
        append_request twice;
        twice.writes.push_back({a, any, {counted{1}}});
        twice.writes.push_back({a, any, {counted{2}}});
        CHECK(code_of([&] { (void)on.append(twice); }) == errc::misuse);
        CHECK(code_of([&] { (void)on.append(a, any, std::vector<new_event>{}); }) == errc::misuse);
        CHECK(code_of([&] { (void)on.append(append_request{}); }) == errc::misuse);
        CHECK(on.head() == 0);
        CHECK(on.append(a, none, {counted{1}})->last_position == 1);
    }
    SUBCASE("events are stamped when they are stored, and time never goes back") {
        REQUIRE(on.append(a, none, {counted{1}}));
        time.advance(std::chrono::seconds(5));
        REQUIRE(on.append(a, any, {counted{2}}));
        time.advance(std::chrono::seconds(-60));
        REQUIRE(on.append(a, any, {counted{3}}));
        std::vector<timestamp> stamps;
        for (const stored_event& event : on.read()) stamps.push_back(event.recorded_at);
        REQUIRE(stamps.size() == 3);
        CHECK(stamps[1] - stamps[0] == std::chrono::seconds(5));
        CHECK(stamps[2] == stamps[1]);
    }
    SUBCASE("an asynchronous append is answered like any other, and in order") {
        std::vector<std::future<append_result>> answers;
        for (int i = 0; i < 100; ++i) {
            append_request one;
            one.writes.push_back({a, exactly(i), {counted{i}}});
            answers.push_back(on.append_async(std::move(one)));
        }
        for (int i = 0; i < 100; ++i) CHECK(answers[static_cast<std::size_t>(i)].get()->last_position == i + 1);
        append_request late;
        late.writes.push_back({a, none, {counted{0}}});
        CHECK(on.append_async(std::move(late)).get().error().conflict.actual == 100);
        CHECK(on.head() == 100);
    }
}

}  // namespace acta::testing::detail
