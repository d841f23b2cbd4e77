// Reading in pages: windows, directions, limits, filters, and what stands open in between.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace acta;
using namespace tests;

namespace {

constexpr std::int64_t max = std::numeric_limits<std::int64_t>::max();

/// Appends of 1 to 300 events to a few streams, so that windows begin and end inside entries.
void fill(acta::log& to, unsigned seed, position until) {
    std::mt19937 random(seed);
    while (to.head() < until) {
        const stream_name stream = account(std::to_string(random() % 4));
        const std::size_t count = random() % 8 == 0 ? 1 + random() % 300 : 1 + random() % 5;
        std::vector<new_event> events;
        for (std::size_t i = 0; i < count; ++i) {
            if (random() % 3 == 0) events.emplace_back(withdrawn{static_cast<std::int64_t>(random())});
            else events.emplace_back(deposited{static_cast<std::int64_t>(random())});
        }
        REQUIRE(to.append(stream, any, std::move(events)));
    }
}

/// The same selection made by hand.
std::vector<seen> selected(std::vector<seen> all, const read_options& what, bool by_version) {
    const auto number = [&](const seen& event) { return by_version ? event.version : event.position; };
    std::erase_if(all, [&](const seen& event) {
        return number(event) <= what.after || number(event) > what.until ||
               (!what.types.empty() && std::find(what.types.begin(), what.types.end(), event.type) == what.types.end());
    });
    if (what.direction == direction::backward) std::reverse(all.begin(), all.end());
    if (all.size() > what.limit) all.erase(all.begin() + static_cast<std::ptrdiff_t>(what.limit), all.end());
    return all;
}

std::vector<seen> of_stream(std::vector<seen> all, const stream_name& stream) {
    std::erase_if(all, [&](const seen& event) { return event.stream != stream.text(); });
    return all;
}

}  // namespace

TEST_CASE("an empty log, an unknown stream and an empty window hold nothing") {
    on_each_store([](acta::log& to) {
        CHECK(read_all(to).empty());
        CHECK(read_all(to, {.direction = direction::backward}).empty());
        CHECK(read_all(to, account("ada")).empty());
        REQUIRE(to.append(account("ada"), none, deposits(3)));
        CHECK(read_all(to, account("bob")).empty());
        CHECK(read_all(to, account("bob"), {.direction = direction::backward}).empty());
        CHECK(read_all(to, {.after = 3}).empty());
        CHECK(read_all(to, {.after = 2, .until = 2}).empty());
        CHECK(read_all(to, {.after = 2, .until = 1}).empty());
        CHECK(read_all(to, {.after = max, .until = max}).empty());
        CHECK(read_all(to, {.after = max - 1}).empty());
        CHECK(read_all(to, {.until = 0}).empty());
        CHECK(read_all(to, {.until = -1}).empty());
        CHECK(read_all(to, {.limit = 0}).empty());
        CHECK(read_all(to, {.types = {"no.such_type"}}).empty());
    });
}

TEST_CASE("what lies before the first event is an empty part of a window") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, deposits(3)));
        for (const direction way : {direction::forward, direction::backward}) {
            CHECK(read_all(to, {.after = -5, .direction = way}).size() == 3);
            CHECK(read_all(to, {.after = std::numeric_limits<std::int64_t>::min(), .until = 2, .direction = way}).size() == 2);
            CHECK(read_all(to, account("ada"), {.after = -5, .direction = way}).size() == 3);
        }
    });
}

TEST_CASE("every window, direction, filter and limit answers what a selection by hand does") {
    constexpr unsigned seed = 20'240'501;
    MESSAGE("seed " << seed);
    on_each_store([](acta::log& to) {
        fill(to, seed, 2'500);
        const auto all = read_all(to);
        REQUIRE(all.size() == static_cast<std::size_t>(to.head()));
        for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i].position == static_cast<position>(i) + 1);

        std::mt19937 random(seed);
        for (int round = 0; round < 150; ++round) {
            const bool by_version = random() % 2 == 0;
            const stream_name stream = account(std::to_string(random() % 4));
            const auto source = by_version ? of_stream(all, stream) : all;
            read_options what;
            const auto end = static_cast<std::int64_t>(source.size()) + 20;
            if (random() % 4 != 0) what.after = static_cast<std::int64_t>(random()) % end;
            if (random() % 4 != 0) what.until = static_cast<std::int64_t>(random()) % end;
            if (random() % 2 == 0) what.direction = direction::backward;
            if (random() % 3 == 0) what.types = {"account.withdrawn"};
            if (random() % 3 == 0) what.limit = random() % 500;
            CAPTURE(round);
            CAPTURE(what.after);
            CAPTURE(what.until);
            CHECK((by_version ? read_all(to, stream, what) : read_all(to, what)) == selected(source, what, by_version));
        }
    });
}

TEST_CASE("a page ends with the entry that reaches 1,000 events, and says where the next one begins") {
    on_each_store([](acta::log& to) {
        for (int i = 0; i < 10; ++i) REQUIRE(to.append(account("ada"), any, deposits(250)));
        page out;
        to.read_page(nullptr, {}, out);
        CHECK(out.events().size() == 1'000);
        CHECK_FALSE(out.last());
        CHECK(out.next() == 1'000);
        to.read_page(nullptr, {.after = 1'001}, out);
        CHECK(out.events().front().position == 1'002);
        CHECK(out.events().size() == 1'249);
        CHECK(out.next() == 2'250);
        to.read_page(nullptr, {.direction = direction::backward}, out);
        CHECK(out.events().front().position == 2'500);
        CHECK(out.events().back().position == 1'501);
        CHECK(out.next() == 1'500);
        CHECK_FALSE(out.last());
        to.read_page(nullptr, {.until = 700, .direction = direction::backward}, out);
        CHECK(out.events().size() == 700);
        CHECK(out.last());
        to.read_page(nullptr, {.limit = 5}, out);
        CHECK(out.events().size() == 5);
        CHECK(out.last());
        const stream_name nobody = account("nobody");
        to.read_page(&nobody, {}, out);
        CHECK(out.events().empty());
        CHECK(out.last());
    });
}

TEST_CASE("a page ends at 1 MiB") {
    on_each_store([](acta::log& to) {
        const attached large{std::vector<std::byte>(300'000)};
        for (int i = 0; i < 8; ++i) REQUIRE(to.append(account("ada"), any, {large}));
        page out;
        to.read_page(nullptr, {}, out);
        CHECK(out.events().size() == 4);
        CHECK(out.next() == 4);
        CHECK(read_all(to).size() == 8);
    });
}

TEST_CASE("a filter that matches nothing over many entries still comes to its end, a page at a time") {
    sqlite_log to(":memory:");
    std::vector<append_request> requests;
    for (int i = 0; i < 40'000; ++i) requests.push_back(request(account(std::to_string(i % 100)), any, {deposited{i}}));
    to.append_all(requests);
    REQUIRE(to.append(account("last"), none, {opened{"Last"}}));
    page out;
    to.read_page(nullptr, {.types = {"account.withdrawn"}}, out);
    CHECK(out.events().empty());
    CHECK_FALSE(out.last());
    CHECK(out.next() == 16'384);
    to.read_page(nullptr, {.direction = direction::backward, .types = {"account.withdrawn"}}, out);
    CHECK(out.next() == 40'001 - 16'384);
    CHECK(read_all(to, {.types = {"account.withdrawn"}}).empty());
    CHECK(read_all(to, {.direction = direction::backward, .types = {"account.withdrawn"}}).empty());
    CHECK(positions(read_all(to, {.types = {"account.opened"}})) == std::vector<position>{40'001});
    CHECK(read_all(to, {.types = {"account.deposited"}, .limit = 20'000}).size() == 20'000);
}

TEST_CASE("what is appended while one reads is not part of the reading") {
    on_each_store([](acta::log& to) {
        for (int i = 0; i < 12; ++i) REQUIRE(to.append(account("ada"), any, deposits(200)));
        std::size_t forward = 0, by_version = 0, backward = 0;
        for ([[maybe_unused]] const stored_event& event : to.read())
            if (++forward % 500 == 0) REQUIRE(to.append(account("ada"), any, deposits(100)));
        CHECK(forward == 2'400);
        cursor of_stream = to.read(account("ada"));
        cursor turned = to.read({.direction = direction::backward});
        const version before = to.find_stream(account("ada"))->version;
        REQUIRE(to.append(account("ada"), any, deposits(100)));
        for ([[maybe_unused]] const stored_event& event : of_stream) ++by_version;
        for ([[maybe_unused]] const stored_event& event : turned) ++backward;
        CHECK(by_version == static_cast<std::size_t>(before));
        CHECK(backward == by_version);
    });
}

TEST_CASE("a cursor may be moved before it is read, and between two readings of it") {
    sqlite_log to(":memory:");
    REQUIRE(to.append(account("ada"), none, deposits(1'500)));
    cursor first = to.read();
    auto at = first.begin();
    for (int i = 0; i < 1'200; ++i) ++at;
    CHECK(at->position == 1'201);
    cursor second = std::move(first);
    std::size_t left = 0;
    for ([[maybe_unused]] const stored_event& event : second) ++left;
    CHECK(left == 300);
    second = to.read({.after = 1'400});
    CHECK(second.begin()->position == 1'401);
    static_assert(!std::is_copy_constructible_v<cursor>);
    static_assert(std::input_iterator<cursor::iterator>);
    static_assert(std::sentinel_for<std::default_sentinel_t, cursor::iterator>);
}

TEST_CASE("a cursor that is left lying about holds nothing open: the write-ahead log can be copied back whole") {
    const folder here;
    sqlite_log to(here / "bank.acta");
    for (int i = 0; i < 20; ++i) REQUIRE(to.append(account("ada"), any, deposits(200)));
    cursor abandoned = to.read();
    auto at = abandoned.begin();
    ++at;
    cursor other = to.read(account("ada"), {.direction = direction::backward});
    REQUIRE(to.append(account("ada"), any, deposits(200)));
    shell sqlite(here / "bank.acta");
    CHECK(sqlite.ask("PRAGMA wal_checkpoint(TRUNCATE)") == "0");  // 0: not blocked by anybody
    CHECK(std::filesystem::file_size(here / "bank.acta-wal") == 0);
    std::size_t left = 0;
    for (; at != std::default_sentinel; ++at) ++left;
    CHECK(left == 3'999);
}

TEST_CASE("views of a page live until the page is filled again, whatever is appended meanwhile") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, {withdrawn{5} | with("note", "kept")}));
        page out;
        to.read_page(nullptr, {}, out);
        const stored_event& event = out.events().front();
        for (int i = 0; i < 300; ++i) REQUIRE(to.append(account(std::to_string(i)), none, {withdrawn{i}}));
        (void)read_all(to);
        CHECK(event.stream == "account-ada");
        CHECK(event.tags[0] == "kind:debit");
        envelope about;
        event.fill(about);
        CHECK(about.metadata.find("note") == "kept");
    });
}

TEST_CASE("a page that held a huge event gives its memory back and goes on to be used") {
    sqlite_log to(":memory:", {.max_event_size = 64U << 20});
    REQUIRE(to.append(account("ada"), none, {attached{std::vector<std::byte>(30U << 20, std::byte{3})}}));
    for (int i = 0; i < 5; ++i) REQUIRE(to.append(account("ada"), any, deposits(200)));
    page out;
    for (int round = 0; round < 3; ++round) {
        to.read_page(nullptr, {}, out);
        REQUIRE(out.events().size() == 1);
        CHECK(out.events()[0].payload.back() == std::byte{3});
        to.read_page(nullptr, {.after = out.next()}, out);
        CHECK(out.events().size() == 1'000);
        CHECK(out.last());
    }
}
