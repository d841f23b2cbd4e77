#include <acta/event/layout.hpp>
#include <acta/read/projection.hpp>

#include "../replay/support_bank.hpp"
#include "support_memory.hpp"

#include <doctest/doctest.h>

namespace {

using acta::detail::projections::view;

struct watcher {
    static constexpr acta::projection_type projection{"watcher", 3};
    using consumes = acta::any_event;
    inline static std::string seen;
    void apply(const acta::recorded<acta::any_event>& e) {
        seen += e.type() + "/" + std::to_string(e.revision()) + " " + e.stream().text() + " " + e.json() + "\n";
    }
};

struct thrower {
    static constexpr acta::projection_type projection{"thrower", 1};
    using consumes = acta::events<bank::deposited>;
    void apply(const acta::recorded<bank::deposited>& e) {
        if (e->cents == 1) throw std::runtime_error("one cent is not a deposit");
        if (e->cents == 2) throw 2;
    }
};

/// A projection object through its table of C functions, as a host drives it.
class driven {
public:
    driven(const acta_projection& by, const acta_database& database) : by_(by) {
        REQUIRE_MESSAGE(by.create(&database, &self_, error()) == ACTA_OK, said());
    }
    ~driven() { by_.destroy(self_); }
    acta_status learn(std::uint32_t number, std::string_view name, std::uint32_t revision, const std::string& layout) {
        acta_stored_type type{};
        type.size = sizeof type;
        type.number = number;
        type.revision = revision;
        type.name = acta::detail::projections::borrowed(name);
        type.layout = acta::detail::projections::borrowed(layout);
        type.fingerprint = acta::fingerprint_of(layout);
        return by_.learn(self_, &type, error());
    }
    template <class E>
    acta_status learn(std::uint32_t number) {
        return learn(number, E::event.name, E::event.revision, acta::codec_of<E>().layout_text);
    }
    template <class E>
    acta_status apply(std::uint32_t number, const E& event, std::string_view json = {}) {
        std::vector<std::byte> payload;
        acta::codec_of<E>().encode(&event, payload);
        acta_event handed{};
        handed.size = sizeof handed;
        handed.type = number;
        handed.position = 7;
        handed.version = 2;
        handed.recorded_at = 1'000'000;
        handed.stream = {"account-ada", 11};
        handed.payload = {reinterpret_cast<const unsigned char*>(payload.data()), payload.size()};
        handed.json = acta::detail::projections::borrowed(json);
        return by_.apply(self_, &handed, error());
    }
    acta_status flush() { return by_.flush(self_, error()); }
    std::string said() const { return std::string(text_, error_.size); }

private:
    acta_error* error() {
        error_ = {text_, sizeof text_, 0};
        return &error_;
    }
    const acta_projection& by_;
    void* self_ = nullptr;
    char text_[512]{};
    acta_error error_{};
};

}  // namespace

TEST_CASE("the C table of a projection says what it consumes") {
    const acta_projection& table = acta::abi_of<bank::balances>();
    CHECK(&table == &acta::abi_of<bank::balances>());
    CHECK(table.size == sizeof(acta_projection));
    CHECK(view(table.name) == "balances");
    CHECK(table.revision == 1);
    CHECK(table.wants_any_event == 0);
    REQUIRE(table.consumed_count == 3);
    CHECK(view(table.consumed[1]->name) == "account.deposited");
    CHECK(table.consumed[1]->fingerprint == acta::fingerprint_of(view(table.consumed[1]->layout)));
    REQUIRE(table.category_count == 1);
    CHECK(view(table.categories[0]) == "account");
    CHECK(acta::abi_of<watcher>().wants_any_event == 1);
    CHECK(acta::abi_of<watcher>().consumed_count == 0);
    CHECK(acta::abi_of<watcher>().revision == 3);
}

TEST_CASE("an exception becomes a status and its words, and the object lives on") {
    memory_model model;
    driven object(acta::abi_of<thrower>(), model.functions());
    REQUIRE(object.learn<bank::deposited>(4) == ACTA_OK);
    CHECK(object.apply(4, bank::deposited{1}) == ACTA_FAILED);
    CHECK(object.said() == "one cent is not a deposit");
    CHECK(object.apply(4, bank::deposited{2}) == ACTA_FAILED);
    CHECK(has(object.said(), "no std::exception"));
    CHECK(object.apply(4, bank::deposited{3}) == ACTA_OK);
}

TEST_CASE("an event whose type was not handed over is a misuse, not a crash") {
    memory_model model;
    driven object(acta::abi_of<thrower>(), model.functions());
    CHECK(object.apply(4, bank::deposited{5}) != ACTA_OK);
    CHECK(has(object.said(), "before its type"));
    CHECK(object.learn<bank::withdrawn>(5) != ACTA_OK);
    CHECK(has(object.said(), "no handler for the event account.withdrawn"));
}

TEST_CASE("a layout that cannot be read is answered with the event, both sides and what to do") {
    memory_model model;
    driven object(acta::abi_of<thrower>(), model.functions());
    const std::string& layout = acta::codec_of<bank::deposited>().layout_text;
    CHECK(object.learn(1, "account.deposited", 2, layout) == ACTA_LAYOUT_MISMATCH);
    CHECK(has(object.said(), "account.deposited"));
    CHECK(has(object.said(), "revision 2"));
    CHECK(has(object.said(), "upgrade"));
    const std::string other = R"({"struct":[{"name":"cents","type":"text"}]})";
    CHECK(object.learn(1, "account.deposited", 1, other) == ACTA_LAYOUT_MISMATCH);
    CHECK(has(object.said(), "'cents'"));
    CHECK(has(object.said(), "raise the revision and add an upcast"));
}

TEST_CASE("a payload that is not what its layout says is refused") {
    memory_model model;
    driven object(acta::abi_of<thrower>(), model.functions());
    REQUIRE(object.learn<bank::deposited>(1) == ACTA_OK);
    CHECK(object.apply(1, bank::opened{"a text where a number should be"}) == ACTA_FAILED);
    CHECK_FALSE(object.said().empty());
}

TEST_CASE("any event is delivered with its stored name and JSON") {
    memory_model model;
    driven object(acta::abi_of<watcher>(), model.functions());
    watcher::seen.clear();
    CHECK(object.learn(9, "somebody.elses", 4, "{}") == ACTA_OK);
    CHECK(object.apply(9, bank::deposited{5}, R"({"cents":5})") == ACTA_OK);
    CHECK(watcher::seen == "somebody.elses/4 account-ada {\"cents\":5}\n");
}

TEST_CASE("an error that is longer than the caller's memory is cut between characters") {
    char text[8];
    acta_error error{text, sizeof text, 0};
    acta::detail::projections::put_error(&error, "sieben \xc3\xa4 more");
    CHECK(std::string(text, error.size) == "sieben ");
    acta::detail::projections::put_error(&error, "short");
    CHECK(std::string(text, error.size) == "short");
    acta::detail::projections::put_error(nullptr, "nobody listens");
}
