#include <acta/event/codec.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/write/load.hpp>

#include "bank.hpp"

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
    std::int64_t cents = 0;
    std::string place;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents), acta::field("place", place));
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
template const acta::event_codec& acta::codec_of<later_deposited>();
template const acta::event_codec& acta::codec_of<wider_withdrawn>();
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

TEST_CASE("an event with other fields is a layout mismatch, and the field is named") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {opened{"Ada"}, wider_withdrawn{100, "Harbour"}}));
    acta::errc code{};
    const std::string said = refusal_to_load(log, code);
    CHECK(code == acta::errc::layout_mismatch);
    CHECK(
        said.find("stream account-ada, version 2 (position 2): the event account.withdrawn, revision 1, is stored with other fields than this "
                  "program gives it") == 0);
    CHECK(said.find("place") != std::string::npos);
    CHECK(said.find("raise the revision and add an upcast") != std::string::npos);
}

TEST_CASE("an id that no stream may have is refused") {
    acta::sqlite_log log(":memory:");
    CHECK_THROWS_AS((void)acta::load<account>(log, ""), acta::failure);
    CHECK_THROWS_AS((void)acta::load<account>(log, "a\nb"), acta::failure);
}
