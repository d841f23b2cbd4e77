#include <acta/event/match.hpp>

#include "event/changed_events.hpp"

#include <doctest/doctest.h>

using namespace changed;

namespace {

template <class E>
acta::type_in_store type_of() {
    const acta::event_codec& codec = acta::codec_of<E>();
    return {codec.type.name, codec.type.revision, codec.fingerprint, codec.layout_text};
}

template <class E>
std::vector<std::byte> payload_of(const E& event) {
    std::vector<std::byte> out;
    acta::codec_of<E>().encode(&event, out);
    return out;
}

template <class List = changed::events>
std::optional<std::vector<acta::payload_path>> paths(const acta::type_in_store& stored) {
    return acta::paths_for(stored, acta::event_list_of<List>());
}

template <class List = changed::events>
std::string refusal(const acta::type_in_store& stored) {
    try {
        (void)paths<List>(stored);
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::layout_mismatch);
        return why.what();
    }
    return "read";
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("an event that is stored as it is here is decoded straight, into its place among the current events") {
    auto found = paths(type_of<frozen>());
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().index() == 3);  // the retired one does not count
    frozen event;
    found->front().read(payload_of(frozen{"a reason"}), &event);
    CHECK(event.reason == "a reason");
}

TEST_CASE("an event of an old revision goes through every upcast of its chain, again and again") {
    auto found = paths(type_of<opened_v1>());
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().index() == 0);
    opened event;
    for (const std::string last : {"Lovelace", "Byron"}) {
        found->front().read(payload_of(opened_v1{"Ada " + last}), &event);
        CHECK(event.name == last + ", Ada");
        CHECK(event.names == 2);
    }
    found = paths(type_of<opened_v2>());
    REQUIRE(found);
    found->front().read(payload_of(opened_v2{"Grace", "Hopper"}), &event);
    CHECK(event.name == "Hopper, Grace");
}

TEST_CASE("an event that is stored with other fields is resolved by name before its upcasts") {
    // As some build in between has written it.
    const std::string layout = R"({"struct":[{"name":"teller","type":"text"},{"name":"owner","type":"text"}]})";
    acta::type_in_store stored = type_of<opened_v1>();
    stored.layout_text = layout;
    stored.fingerprint = acta::fingerprint_of(layout);
    std::vector<std::byte> payload;
    acta::byte_writer writer(payload);
    writer.text("teller-7"), writer.text("Ada Lovelace");
    auto found = paths(stored);
    REQUIRE(found);
    opened event;
    found->front().read(payload, &event);
    CHECK(event.name == "Lovelace, Ada");
}

TEST_CASE("fields that cannot be resolved are refused with event, field, both types and what to do") {
    const std::string layout = R"({"struct":[{"name":"owner","type":"u64"}]})";
    acta::type_in_store stored = type_of<opened_v1>();
    stored.layout_text = layout;
    stored.fingerprint = acta::fingerprint_of(layout);
    CHECK(refusal(stored) ==
          "the event bank.opened, revision 1, is stored with fields that this program cannot take for its own (its field "
          "'owner' is stored as \"u64\" and is \"text\" here): raise the revision and add an upcast");
}

TEST_CASE("an event that was split becomes each of its parts, in the order of the list") {
    auto found = paths(type_of<deposited_v1>());
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK((*found)[0].index() == 1);
    CHECK((*found)[1].index() == 2);
    const auto payload = payload_of(deposited_v1{500, 7});
    fee_charged fee;
    deposited rest;
    (*found)[0].read(payload, &fee);
    (*found)[1].read(payload, &rest);
    CHECK(fee.cents == 7);
    CHECK(rest.cents == 500);
}

TEST_CASE("an event whose name is a former one of another is still itself") {
    auto found = paths(type_of<deposited>());
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().index() == 2);
}

TEST_CASE("of an event that was split off, the name of what it came from is no name") {
    // Read by name, a deposit would become a fee in silence.
    const std::string said = refusal<acta::events<fee_charged>>(type_of<deposited>());
    CHECK(says(said, "account.deposited is stored in revision 2"));
    CHECK(says(said, "a former one of account.fee_charged"));
    auto found = paths<acta::events<fee_charged, acta::retired<deposited>>>(type_of<deposited>());
    REQUIRE(found);
    CHECK(found->empty());
}

TEST_CASE("a renamed event is found under every former name") {
    for (const char* const name : {"account.frozen", "account.blocked", "bank.blocked"}) {
        acta::type_in_store stored = type_of<frozen>();
        stored.name = name;
        auto found = paths(stored);
        REQUIRE(found);
        REQUIRE(found->size() == 1);
        CHECK(found->front().index() == 3);
    }
}

TEST_CASE("a retired event is known and becomes nothing, and so is what was upcast to it") {
    auto found = paths(type_of<bonus_granted>());
    REQUIRE(found);
    CHECK(found->empty());
    found = paths<acta::events<frozen, acta::retired<opened>>>(type_of<opened_v1>());
    REQUIRE(found);
    CHECK(found->empty());
}

TEST_CASE("a name that the list does not know is nothing to it") {
    acta::type_in_store stored = type_of<frozen>();
    stored.name = "account.thawed";
    CHECK_FALSE(paths(stored));
    CHECK_FALSE(paths<acta::events<deposited>>(type_of<fee_charged>()));
}

TEST_CASE("a revision that no struct has is refused, with what to do") {
    acta::type_in_store stored = type_of<opened>();
    stored.revision = 5;
    CHECK(says(refusal(stored), "the event account.opened is stored in revision 5, newer than revision 4"));
    stored.revision = 3;
    CHECK(says(refusal(stored), "revision 3, and this program does not know that revision: add an upcast from it to revision 4"));
}

TEST_CASE("every name that its events may be stored under widens a filter") {
    using names = std::vector<std::string_view>;
    CHECK(acta::names_in_store(acta::event_list_of<acta::events<opened, acta::retired<bonus_granted>>>()) ==
          names{"account.opened", "bank.opened"});
    CHECK(acta::names_in_store(acta::event_list_of<acta::events<deposited, fee_charged>>()) ==
          names{"account.deposited", "account.fee_charged"});
    CHECK(acta::names_in_store(acta::codec_of<frozen>()) == names{"account.frozen", "account.blocked", "bank.blocked"});
}
