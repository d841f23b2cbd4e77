// The contract of reading: by position and by stream, by type and by query, forward and backward, by pages.
#include "contract_events.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace acta::testing::detail {

namespace {

const stream_name even("contract", "even"), odd("contract", "odd");

/// Odd positions in one stream, even ones in the other; each third a note; tags by both.
void fill(log& on, int count) {
    for (int i = 1; i <= count; ++i) {
        const tag parity("parity", i % 2 == 0 ? "even" : "odd");
        std::vector<new_event> one;
        if (i % 3 == 0) one.emplace_back(noted{std::to_string(i)} | tagged("kind", "note") | tagged(parity.key(), parity.value()));
        else one.emplace_back(counted{i} | tagged(parity.key(), parity.value()));
        REQUIRE(on.append(i % 2 == 0 ? even : odd, any, std::move(one))->last_position == i);
    }
}

std::vector<position> those(int count, bool (*wanted)(position)) {
    std::vector<position> all = first_positions(count);
    std::erase_if(all, [&](position one) { return !wanted(one); });
    return all;
}

std::vector<position> reversed(std::vector<position> all) {
    std::reverse(all.begin(), all.end());
    return all;
}

}  // namespace

void check_reading(log& on) {
    fill(on, 60);
    SUBCASE("all events come by position, in both directions") {
        CHECK(positions_of(on.read()) == first_positions(60));
        CHECK(positions_of(on.read({.direction = direction::backward})) == reversed(first_positions(60)));
    }
    SUBCASE("after is exclusive, until inclusive, and a limit counts what is delivered") {
        CHECK(positions_of(on.read({.after = 57})) == std::vector<position>{58, 59, 60});
        CHECK(positions_of(on.read({.after = 10, .until = 12})) == std::vector<position>{11, 12});
        CHECK(positions_of(on.read({.after = 10, .limit = 2})) == std::vector<position>{11, 12});
        CHECK(positions_of(on.read({.until = 12, .direction = direction::backward, .limit = 2})) == std::vector<position>{12, 11});
        CHECK(positions_of(on.read({.after = 60})).empty());
        CHECK(positions_of(on.read({.limit = 0})).empty());
    }
    SUBCASE("a stream comes by version, and one that is not there is empty") {
        CHECK(positions_of(on.read(odd)) == those(60, [](position one) { return one % 2 == 1; }));
        CHECK(positions_of(on.read(odd, {.after = 28})) == std::vector<position>{57, 59});
        CHECK(positions_of(on.read(odd, {.direction = direction::backward, .limit = 1})) == std::vector<position>{59});
        CHECK(positions_of(on.read(stream_name("contract", "none"))).empty());
    }
    SUBCASE("types filter") {
        CHECK(positions_of(on.read({.types = {"contract.noted"}})) == those(60, [](position one) { return one % 3 == 0; }));
        CHECK(positions_of(on.read({.types = {"contract.noted", "contract.counted"}})) == first_positions(60));
        CHECK(positions_of(on.read({.types = {"contract.unknown"}})).empty());
    }
    SUBCASE("a query finds what matches any of its items, an item all of its tags and any of its types") {
        const tag note("kind", "note"), odd_one("parity", "odd"), even_one("parity", "even"), absent("parity", "none");
        CHECK(positions_of(on.read(query{{matching(note)}})) == those(60, [](position one) { return one % 3 == 0; }));
        CHECK(positions_of(on.read(query{{matching(note, odd_one)}})) == those(60, [](position one) { return one % 6 == 3; }));
        CHECK(positions_of(on.read(query{{matching<counted>(odd_one)}})) ==
              those(60, [](position one) { return one % 2 == 1 && one % 3 != 0; }));
        CHECK(positions_of(on.read(query{{matching(note, odd_one), matching<counted>(even_one)}})) ==
              those(60, [](position one) { return one % 6 == 3 || (one % 2 == 0 && one % 3 != 0); }));
        CHECK(positions_of(on.read(query{{matching<noted>()}})) == those(60, [](position one) { return one % 3 == 0; }));
        CHECK(positions_of(on.read(query{{matching<noted>(), matching(even_one)}})) ==
              those(60, [](position one) { return one % 3 == 0 || one % 2 == 0; }));
        CHECK(positions_of(on.read(query{{matching(absent)}})).empty());
        CHECK(positions_of(on.read(query{{matching(absent), matching(note)}})).size() == 20);
        CHECK(positions_of(on.read(query{{matching(odd_one, even_one)}})).empty());
    }
    SUBCASE("a query keeps to the window, the direction and the limit") {
        const query notes{{matching(tag("kind", "note"))}};
        CHECK(positions_of(on.read({.after = 6, .until = 12, .query = notes})) == std::vector<position>{9, 12});
        CHECK(positions_of(on.read({.direction = direction::backward, .query = notes, .limit = 2})) == std::vector<position>{60, 57});
        CHECK(positions_of(on.read({.after = 3, .until = 10, .direction = direction::backward, .query = notes})) ==
              std::vector<position>{9, 6});
        CHECK(positions_of(on.read({.types = {"contract.counted"}, .query = notes})).empty());
        CHECK(positions_of(on.read(odd, {.query = notes})) == those(60, [](position one) { return one % 6 == 3; }));
    }
    SUBCASE("a reading ends where the log ended when it began, and says where that was") {
        cursor before = on.read();
        CHECK(before.head() == 60);
        REQUIRE(on.append(even, any, {counted{61}}));
        CHECK(positions_of(std::move(before)) == first_positions(60));
        CHECK(on.read(query{{matching(tag("kind", "none"))}}).head() == 61);
        CHECK(on.read(even).head() == 61);
    }
    SUBCASE("streams are listed in the order in which they were made") {
        const auto all = on.streams(0, 10);
        REQUIRE(all.size() == 2);
        CHECK(all[0].name == odd);
        CHECK(all[1].name == even);
        CHECK(all[1].position == 60);
        CHECK(on.streams(all[0].id, 10).size() == 1);
        CHECK(on.streams(0, 1).size() == 1);
    }
    SUBCASE("the catalogue knows every type, and each event its own") {
        CHECK(on.types().size() == 2);
        for (const stored_event& event : on.read())
            CHECK(on.type(event.type).name == (event.position % 3 == 0 ? "contract.noted" : "contract.counted"));
    }
}

}  // namespace acta::testing::detail
