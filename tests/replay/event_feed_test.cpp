#include <acta/read/delivery.hpp>

#include "replay/event_feed.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

using acta::detail::event_feed;
using acta::detail::projections::view;

namespace {

/// Writes down what it is handed.
struct scribe {
    std::vector<std::string> learned;
    std::vector<std::string> heard;

    static void learn(void* self, const acta_stored_type& type) {
        static_cast<scribe*>(self)->learned.push_back(std::string(view(type.name)) + "/" + std::to_string(type.revision));
    }
    static void apply(void* self, const acta_event& event) {
        std::string line = std::to_string(event.position) + " " + std::string(view(event.stream)) + "@" + std::to_string(event.version);
        for (std::size_t i = 0; i < event.tag_count; ++i) line += " #" + std::string(view(event.tags[i]));
        std::size_t at = 0;
        std::uint8_t code = 0;
        acta_bytes value{};
        while (acta_next_metadata(event.shared_metadata, &at, &code, &value))
            line += " " + std::to_string(code) + "=" + std::string(reinterpret_cast<const char*>(value.data), value.size);
        if (event.json.size > 0) line += " " + std::string(view(event.json));
        static_cast<scribe*>(self)->heard.push_back(line);
    }
    acta::detail::receiver receiver() { return {this, &learn, &apply}; }
};

struct deposits {
    static constexpr acta::projection_type projection{"deposits", 1};
    using consumes = acta::events<bank::deposited>;
    void apply(const acta::recorded<bank::deposited>&) {}
};
struct everything {
    static constexpr acta::projection_type projection{"everything", 1};
    using consumes = acta::any_event;
    using from = acta::categories<"account">;
    void apply(const acta::recorded<acta::any_event>&) {}
};

void fill_a_little(acta::log& log) {
    acta::metadata by_teller;
    by_teller.with_actor("teller");
    REQUIRE(log.append(acta::stream_name("account", "ada"), acta::none,
                       {bank::opened{"Ada"}, bank::deposited{5} | acta::tagged("branch", "7")}, by_teller));
    REQUIRE(log.append(acta::stream_name("savings", "ada"), acta::none, {bank::deposited{6}}));
}

}  // namespace

TEST_CASE("a projection is handed the types of the catalogue that it is about, once, and their events") {
    acta::sqlite_log log(":memory:");
    fill_a_little(log);
    scribe to;
    event_feed feed(log, acta::abi_of<deposits>(), to.receiver());
    feed.learn_catalogue();
    CHECK(to.learned == std::vector<std::string>{"account.deposited/1"});
    CHECK(feed.deliver_page(0, log.head()) == 3);
    CHECK(to.learned.size() == 1);
    CHECK(to.heard == std::vector<std::string>{"2 account-ada@2 #branch:7 1=teller", "3 savings-ada@1"});
    CHECK(feed.delivered() == 2);
}

TEST_CASE("any event comes with its JSON, from the categories that are asked for") {
    acta::sqlite_log log(":memory:");
    fill_a_little(log);
    scribe to;
    event_feed feed(log, acta::abi_of<everything>(), to.receiver());
    CHECK(feed.deliver_page(0, log.head()) == 3);
    CHECK(to.learned.size() == 2);
    CHECK(to.heard ==
          std::vector<std::string>{"1 account-ada@1 1=teller {\"owner\":\"Ada\"}", "2 account-ada@2 #branch:7 1=teller {\"cents\":5}"});
}

TEST_CASE("a page ends where it is told, in the middle of an append as well") {
    acta::sqlite_log log(":memory:");
    fill_a_little(log);
    scribe to;
    event_feed feed(log, acta::abi_of<deposits>(), to.receiver());
    CHECK(feed.deliver_page(0, 1) == 1);
    CHECK(to.heard.empty());
    CHECK(feed.deliver_page(1, 2) == 2);
    CHECK(to.heard.size() == 1);
}

TEST_CASE("whatever a receiver throws becomes a failure with the event's place") {
    acta::sqlite_log log(":memory:");
    fill_a_little(log);
    const acta::detail::receiver bad{nullptr, [](void*, const acta_stored_type&) {},
                                     [](void*, const acta_event&) { throw std::out_of_range("too far"); }};
    event_feed feed(log, acta::abi_of<deposits>(), bad);
    try {
        feed.deliver_page(0, log.head());
        FAIL("it did not throw");
    } catch (const acta::detail::event_failure& why) {
        CHECK(why.at.position == 2);
        CHECK(why.code() == acta::errc::projection_failed);
        CHECK(std::string(why.what()) ==
              "the projection 'deposits' failed at the event account.deposited (stream account-ada, version 2, position 2): too far");
    }
}
