// Queries by the index of tags find exactly what a look at every event finds, whatever the query.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace acta;
using namespace tests;

namespace {

struct known {
    std::string type;
    std::vector<tag> tags;
};

/// Entries of one to four events, each with some of a few tags, in a few streams.
std::vector<known> fill(acta::log& to, std::mt19937& random, int appends) {
    std::vector<known> all;
    for (int i = 0; i < appends; ++i) {
        std::vector<new_event> events;
        for (std::size_t left = 1 + random() % 4; left > 0; --left) {
            std::vector<tag> tags;
            annotated<deposited> money{deposited{i}, {}, {}};
            annotated<opened> owner{opened{"x"}, {}, {}};
            for (const char* const key : {"a", "b", "c"})
                if (random() % 3 == 0) tags.emplace_back(key, std::to_string(random() % 4));
            money.tags = owner.tags = tags;
            const bool opens = random() % 3 == 0;
            opens ? events.emplace_back(owner) : events.emplace_back(money);
            all.push_back({opens ? "account.opened" : "account.deposited", tags});
        }
        REQUIRE(to.append(account(std::to_string(random() % 5)), any, std::move(events)));
    }
    return all;
}

query random_query(std::mt19937& random) {
    query made;
    for (std::size_t items = 1 + random() % 3; items > 0; --items) {
        query_item item;
        for (const char* const key : {"a", "b", "c"})
            if (random() % 2 == 0) item.tags.emplace_back(key, std::to_string(random() % 5));  // 4 is of no event
        for (const char* const type : {"account.opened", "account.deposited", "account.never"})
            if (random() % 3 == 0) item.types.emplace_back(type);
        if (!item.tags.empty() || !item.types.empty()) made.items.push_back(std::move(item));
    }
    if (made.items.empty()) made.items.push_back(matching(tag("a", "1")));
    return made;
}

bool matches(const query& what, const known& event) {
    return std::ranges::any_of(what.items, [&](const query_item& item) {
        return (item.types.empty() || std::ranges::count(item.types, event.type) > 0) &&
               std::ranges::all_of(item.tags, [&](const tag& one) { return std::ranges::count(event.tags, one) > 0; });
    });
}

}  // namespace

TEST_CASE("a thousand random queries, windows and directions find what a look at every event finds, in readings and in conditions") {
    const auto seed = std::random_device{}();
    MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    sqlite_log log(":memory:");
    const auto events = fill(log, random, 400);
    const auto head = static_cast<position>(events.size());
    const auto anywhere = [&] { return static_cast<position>(random() % (events.size() + 1)); };
    for (int i = 0; i < 1'000; ++i) {
        read_options what{.after = anywhere(),
                          .until = anywhere(),
                          .direction = i % 2 == 0 ? direction::forward : direction::backward,
                          .query = random_query(random)};
        if (i % 3 == 0) what.limit = random() % 20;
        std::vector<position> expected, all_behind;
        for (position at = 1; at <= head; ++at) {
            if (!matches(what.query, events[static_cast<std::size_t>(at - 1)])) continue;
            if (at > what.after) all_behind.push_back(at);
            if (at > what.after && at <= what.until) expected.push_back(at);
        }
        if (what.direction == direction::backward) std::ranges::reverse(expected);
        expected.resize(std::min(expected.size(), what.limit));
        CHECK(positions(read_all(log, what)) == expected);

        if (all_behind.empty()) continue;
        append_request one = request(account("z"), none, {deposited{0}});
        one.conditions.push_back(fail_if(what.query, what.after));
        all_behind.resize(std::min(all_behind.size(), conflict::most_positions));
        CHECK(log.append(one).error().conflict.positions == all_behind);
    }
    CHECK(log.head() == head);
}

TEST_CASE("a reading by tags goes on page by page, and from any page on") {
    sqlite_log log(":memory:");
    for (int i = 0; i < 5'000; ++i)
        REQUIRE(log.append(account("ada"), any, {deposited{i} | tagged("half", std::to_string(i % 2)), deposited{i} | tagged("all", "1")}));
    const read_options halves{.query = {{matching(tag("half", "1"))}}};
    CHECK(read_all(log, halves).size() == 2'500);
    page found;
    log.read_page(nullptr, halves, found);
    CHECK(found.events().size() == page::max_events);
    CHECK_FALSE(found.last());
    CHECK(found.head() == 10'000);
    CHECK(read_all(log, {.after = found.next(), .query = halves.query}).size() == 1'500);
}

TEST_CASE("an index of tags that leads to an entry that is not there is damage, in readings and in conditions") {
    const folder here;
    {
        sqlite_log log(here / "bank.acta");
        REQUIRE(log.append(account("ada"), any, {deposited{1} | tagged("kind", "credit"), deposited{2}}));
    }
    REQUIRE(shell(here / "bank.acta").run("INSERT INTO entry_tag VALUES (1, 1)") == "");
    sqlite_log log(here / "bank.acta");
    const query credits{{matching(tag("kind", "credit"))}};
    CHECK(thrown_by([&] { (void)read_all(log, {.query = credits}); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)log.append(account("ada"), fail_if(credits, 0), {deposited{3}}); }).code() == errc::damaged);
    CHECK(log.head() == 2);
}
