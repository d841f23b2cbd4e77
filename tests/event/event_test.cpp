// Stored names, revisions and lists of events.
#include <acta/event/event.hpp>

#include <doctest/doctest.h>

#include <string>

namespace {

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
};
struct opened_later {
    static constexpr acta::event_type event{"account.opened", 2};
};
struct closed {
    static constexpr acta::event_type event{"account.closed"};
};
struct plain {};
struct named_by_text {
    static constexpr const char* event = "account.opened";
};

using both = acta::events<opened, closed>;

}  // namespace

TEST_CASE("an event type is a name and a revision, the first one unless said otherwise") {
    CHECK(opened::event.name == "account.opened");
    CHECK(opened::event.revision == 1);
    CHECK(closed::event.revision == 1);
    CHECK(opened_later::event.revision == 2);
    CHECK(opened::event != opened_later::event);
    CHECK(opened::event == acta::event_type{"account.opened", 1});
}

TEST_CASE("a type is an event when it names itself with an event_type") {
    CHECK(acta::event<opened>);
    CHECK_FALSE(acta::event<plain>);
    CHECK_FALSE(acta::event<named_by_text>);
    CHECK_FALSE(acta::event<int>);
}

TEST_CASE("a list knows its events and their order") {
    CHECK(both::size == 2);
    CHECK(both::contains<opened>);
    CHECK_FALSE(both::contains<opened_later>);
    CHECK(both::index_of<opened> == 0);
    CHECK(both::index_of<closed> == 1);
    CHECK(both::index_of<plain> == 2);
    CHECK(acta::events<>::size == 0);
    CHECK(acta::events<opened, opened_later>::size == 2);
}

TEST_CASE("a stored name is 1 to 200 letters, digits, dots, underscores, hyphens and slashes") {
    using acta::detail::storable_name;
    CHECK(storable_name("a"));
    CHECK(storable_name("Account.Opened_2-b/c"));
    CHECK(storable_name(std::string(200, 'x')));
    CHECK_FALSE(storable_name(std::string(201, 'x')));
    CHECK_FALSE(storable_name(""));
    for (int c = 0; c < 256; ++c) {
        const std::string name{'a', static_cast<char>(c)};
        const bool allowed =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-' || c == '/';
        CHECK(storable_name(name) == allowed);
    }
}

TEST_CASE("a category is a name") {
    constexpr acta::category account{"account"};
    CHECK(account.name == "account");
}
