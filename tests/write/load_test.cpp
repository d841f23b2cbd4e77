#include <acta/event/codec.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/write/load.hpp>

#include "bank.hpp"
#include "event/changed_events.hpp"

#include <doctest/doctest.h>

using namespace bank;

namespace {

// The same stored names as another program has them.
struct later_deposited {
    static constexpr acta::event_type event{"account.deposited", 2};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
struct wider_withdrawn {
    static constexpr acta::event_type event{"account.withdrawn", 1};
    std::int32_t cents = 0;
    std::string place;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("place", place), acta::field("cents", cents));
    }
};
struct other_withdrawn {
    static constexpr acta::event_type event{"account.withdrawn", 1};
    std::string cents;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
struct frozen {
    static constexpr acta::event_type event{"account.frozen", 1};
    template <class Archive>
    void serialize(Archive&) {}
};

/// What load<account>("ada") says, and with which code.
std::string refusal_to_load(const acta::log& log, acta::errc& code) {
    try {
        (void)acta::load<account>(log, "ada");
    } catch (const acta::failure& why) {
        code = why.code();
        return why.what();
    }
    return "loaded";
}

}  // namespace

ACTA_CODECS(account_events);
ACTA_CODECS(changed::events);
template const acta::event_codec& acta::codec_of<changed::blocked>();
template const acta::event_codec& acta::codec_of<later_deposited>();
template const acta::event_codec& acta::codec_of<wider_withdrawn>();
template const acta::event_codec& acta::codec_of<other_withdrawn>();
template const acta::event_codec& acta::codec_of<frozen>();

static const acta::stream_name ada("account-ada");

TEST_CASE("load folds a stream's events into the aggregate's state") {
    acta::sqlite_log log(":memory:");
    CHECK_FALSE(acta::load<account>(log, "ada"));
    REQUIRE(log.append(acta::stream_name("account-bob"), acta::none, {opened{"Bob"}}));
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, deposited{100}}));
    REQUIRE(log.append(ada, acta::exactly(2), {withdrawn{30}}));

    const auto now = acta::load<account>(log, "ada");
    REQUIRE(now);
    CHECK(now->state.owner == "Ada");
    CHECK(now->state.balance == 70);
    CHECK(now->version == 3);
    CHECK(now->position == 4);
}

TEST_CASE("load gives an aggregate as it was at a version") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, deposited{100}, withdrawn{30}, withdrawn{20}}));
    const auto then = acta::load<account>(log, "ada", 3);
    REQUIRE(then);
    CHECK(then->state.balance == 70);
    CHECK(then->version == 3);
    CHECK(then->position == 3);
    CHECK(acta::load<account>(log, "ada", 2)->state.balance == 100);
    CHECK(acta::load<account>(log, "ada", 99)->version == 4);
    CHECK_FALSE(acta::load<account>(log, "ada", 0));
}

TEST_CASE("load reads streams that are longer than a page") {
    acta::sqlite_log log(":memory:");
    std::vector<acta::new_event> many(3 * acta::page::max_events + 7, deposited{1});
    REQUIRE(log.append(ada, acta::none, many));
    const auto now = acta::load<account>(log, "ada");
    REQUIRE(now);
    CHECK(now->state.balance == static_cast<std::int64_t>(many.size()));
    CHECK(now->version == static_cast<acta::version>(many.size()));
    CHECK(acta::load<account>(log, "ada", 1'500)->state.balance == 1'500);
}

TEST_CASE("an event that the aggregate does not list is named with its place") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, frozen{}}));
    acta::errc code{};
    CHECK(refusal_to_load(log, code) ==
          "stream account-ada, version 2 (position 2): the stored event is account.frozen revision 1, which the "
          "aggregate's `events` does not list: list it there, name it in the aggregate's `ignores`, or upgrade this program");
    CHECK(code == acta::errc::unknown_event);
    CHECK(acta::load<account>(log, "ada", 1)->state.owner == "Ada");
}

TEST_CASE("an event of another revision is a layout mismatch") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, later_deposited{100}}));
    acta::errc code{};
    CHECK(refusal_to_load(log, code) ==
          "stream account-ada, version 2 (position 2): the event account.deposited is stored in revision 2, newer than revision 1 that "
          "this program knows: upgrade the program");
    CHECK(code == acta::errc::layout_mismatch);
}

TEST_CASE("an event with other fields is resolved by their names") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, deposited{500}, wider_withdrawn{100, "Harbour"}}));
    REQUIRE(log.append(ada, acta::exactly(3), {withdrawn{50}}));
    CHECK(acta::load<account>(log, "ada")->state.balance == 350);
}

TEST_CASE("an event whose fields cannot be resolved is a layout mismatch, and the field is named") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, other_withdrawn{"all"}}));
    acta::errc code{};
    CHECK(refusal_to_load(log, code) ==
          "stream account-ada, version 2 (position 2): the event account.withdrawn, revision 1, is stored with fields that this program "
          "cannot take for its own (its field 'cents' is stored as \"text\" and is \"i64\" here): raise the revision and add an upcast");
    CHECK(code == acta::errc::layout_mismatch);
}

// ---- an aggregate of events that have changed

namespace {

struct changed_account {
    static constexpr acta::category category{"account"};
    static constexpr acta::event_names ignores{"account.frozen"};
    using events = changed::events;
    std::string told{};
    void evolve(const changed::opened& e) { told += "opened " + e.name + "; "; }
    void evolve(const changed::fee_charged& e) { told += "fee " + std::to_string(e.cents) + "; "; }
    void evolve(const changed::deposited& e) { told += "deposit " + std::to_string(e.cents) + "; "; }
    void evolve(const changed::frozen& e) { told += "frozen for " + e.reason + "; "; }
};
struct short_account {
    static constexpr acta::category category{"account"};
    static constexpr acta::event_names ignores{"account.frozen", "account.deposited"};
    using events = acta::events<opened>;
    std::string owner{};
    void evolve(const opened& e) { owner = e.owner; }
};

}  // namespace

TEST_CASE("an aggregate sees current events alone: upcast, split, renamed; retired ones leave its version alone") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none,
                       {changed::opened_v1{"Ada Lovelace"}, changed::deposited_v1{100, 3}, changed::bonus_granted{7},
                        changed::blocked{"a debt"}, changed::opened{"Hopper, Grace", 2}}));
    const auto now = acta::load<changed_account>(log, "ada");
    REQUIRE(now);
    CHECK(now->state.told == "opened Lovelace, Ada; fee 3; deposit 100; frozen for a debt; opened Hopper, Grace; ");
    CHECK(now->version == 5);
    CHECK(now->position == 5);
}

TEST_CASE("an aggregate passes over the events that it ignores by name, and over no others") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, frozen{}, deposited{5}, later_deposited{6}}));
    const auto now = acta::load<short_account>(log, "ada");
    REQUIRE(now);
    CHECK(now->state.owner == "Ada");
    CHECK(now->version == 4);
    REQUIRE(log.append(ada, acta::exactly(4), {withdrawn{1}}));
    CHECK_THROWS_AS((void)acta::load<short_account>(log, "ada"), acta::failure);
}

TEST_CASE("an id that no stream may have is refused") {
    acta::sqlite_log log(":memory:");
    CHECK_THROWS_AS((void)acta::load<account>(log, ""), acta::failure);
    CHECK_THROWS_AS((void)acta::load<account>(log, "a\nb"), acta::failure);
}
