// The log as range-v3 views.
#include <acta/store/ranges.hpp>
#include <acta/store/sqlite.hpp>

#include "support/account_events.hpp"

#include <doctest/doctest.h>
#include <range/v3/numeric/accumulate.hpp>
#include <range/v3/range/conversion.hpp>

using namespace acta;
using namespace tests;

namespace {

void fill(log& to) {
    REQUIRE(to.append(stream_name("account-ada"), none, {opened{"Ada"}, deposited{100}, withdrawn{30}}));
    REQUIRE(to.append(stream_name("account-bob"), none, {opened{"Bob"}, deposited{50}}));
    REQUIRE(to.append(stream_name("account-ada"), exactly(3), {deposited{7}}));
}

std::int64_t sum(std::int64_t before, const recorded<deposited>& event) { return before + event->cents; }

}  // namespace

TEST_CASE("one event type yields its recorded events in order") {
    sqlite_log log(":memory:");
    fill(log);
    const auto cents = log | views::of<deposited> | ranges::views::transform([](const recorded<deposited>& e) { return e->cents; }) |
                       ranges::to<std::vector>;
    CHECK(cents == std::vector<std::int64_t>{100, 50, 7});
    CHECK(ranges::accumulate(log | views::of<deposited>, std::int64_t{0}, sum) == 157);
}

TEST_CASE("several event types yield a variant, with the envelope of each") {
    sqlite_log log(":memory:");
    fill(log);
    std::vector<std::string> seen;
    for (const auto& event : log | views::of<deposited, withdrawn>) {
        const bool in = std::holds_alternative<deposited>(*event);
        const auto cents = in ? std::get<deposited>(*event).cents : std::get<withdrawn>(*event).cents;
        seen.push_back(std::to_string(event.position()) + event.stream().id() + (in ? "+" : "-") + std::to_string(cents));
    }
    CHECK(seen == std::vector<std::string>{"2ada+100", "3ada-30", "5bob+50", "6ada+7"});
}

TEST_CASE("a view is narrowed to a stream, to a window, and turned around") {
    sqlite_log log(":memory:");
    fill(log);
    const auto positions = [](auto view) {
        return view | ranges::views::transform([](const auto& e) { return e.position(); }) | ranges::to<std::vector>;
    };
    CHECK(positions(log | views::of<deposited>.in(stream_name("account-ada"))) == std::vector<position>{2, 6});
    CHECK(positions(log | views::of<deposited>.between(2, 5)) == std::vector<position>{5});
    CHECK(positions(log | views::of<deposited>.backward()) == std::vector<position>{6, 5, 2});
    CHECK(positions(log | views::of<deposited>.in(stream_name("account-eve"))).empty());
}

TEST_CASE("an element may be kept after the view has moved on") {
    sqlite_log log(":memory:");
    fill(log);
    const auto kept = log | views::of<opened> | ranges::to<std::vector>;
    REQUIRE(kept.size() == 2);
    CHECK(kept[0]->owner == "Ada");
    CHECK(kept[1]->owner == "Bob");
    CHECK(kept[1].stream().text() == "account-bob");
}
