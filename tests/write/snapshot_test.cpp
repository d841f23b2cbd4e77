// Snapshots of aggregates: what they spare, when they are of no use, and how a forgotten revision is found.
#include <acta/event/codec.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "bank.hpp"

#include <doctest/doctest.h>

using namespace bank;

namespace {

/// An account with snapshots, and a copy of it for each thing that may change from one build to the next.
template <std::uint32_t Revision, int Interest, class More, class Verify = void>
struct kept_account {
    static constexpr acta::category category{"account"};
    static constexpr std::uint32_t revision = Revision;
    using events = account_events;
    using snapshots = acta::every<10>;
    using verify_snapshots = Verify;

    std::int64_t balance = 0;
    More more{};
    std::int64_t evolved = 0;  // not in the snapshot on purpose: how many events were replayed

    void evolve(const opened&) { ++evolved; }
    void evolve(const deposited& e) { balance += e.cents * Interest, ++evolved; }
    void evolve(const withdrawn& e) { balance -= e.cents, ++evolved; }
    void evolve(const noted&) { ++evolved; }

    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("balance", balance), acta::field("more", more));
    }
};
using first_build = kept_account<1, 1, std::int32_t>;
using same_build = kept_account<1, 1, std::int32_t, acta::verify_one_in<1>>;
using changed_rule = kept_account<1, 2, std::int32_t, acta::verify_one_in<1>>;
using raised_revision = kept_account<2, 2, std::int32_t>;
using other_fields = kept_account<1, 1, std::int64_t>;

template <class State>
struct commands_of {
    using aggregate = State;
    using commands = acta::commands<deposit>;
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<deposited> decide(const State&, const deposit& c) { return deposited{c.cents}; }
};

const acta::stream_name ada("account-ada");

struct fixture {
    acta::sqlite_log log{":memory:"};
    std::vector<std::string> reports;

    fixture() {
        std::vector<acta::new_event> events{opened{"Ada"}};
        for (int i = 0; i < 24; ++i) events.emplace_back(deposited{1});
        REQUIRE(log.append(ada, acta::none, std::move(events)));
    }
    template <class State>
    acta::outcome send(std::int64_t cents = 1) {
        acta::dispatcher dispatch(log, {.on_wrong_snapshot = [this](const std::string& text) { reports.push_back(text); }});
        dispatch.handle<commands_of<State>>();
        return dispatch.send(deposit{"ada", cents});
    }
    acta::version kept() { return log.find_snapshot(ada).value_or(acta::snapshot{}).version; }
};

}  // namespace

ACTA_STATE_CODEC(first_build, same_build, changed_rule, raised_revision, other_fields);

TEST_CASE_FIXTURE(fixture, "a snapshot is kept with the next append when enough events were replayed, and spares them from then on") {
    CHECK(kept() == 0);
    REQUIRE(send<first_build>());
    CHECK(kept() == 25);
    const auto now = acta::load<first_build>(log, "ada");
    CHECK(now->state.balance == 25);
    CHECK(now->state.evolved == 1);
    CHECK(now->version == 26);
    CHECK(now->position == 26);
    for (int i = 0; i < 9; ++i) REQUIRE(send<first_build>());
    CHECK(kept() == 25);
    REQUIRE(send<first_build>());
    CHECK(kept() == 35);
}

TEST_CASE_FIXTURE(fixture, "an aggregate as it was at a version before the snapshot is replayed from its events") {
    REQUIRE(send<first_build>());
    CHECK(acta::load<first_build>(log, "ada", 10)->state.balance == 9);
    CHECK(acta::load<first_build>(log, "ada", 25)->state.evolved == 0);
}

TEST_CASE_FIXTURE(fixture, "without a policy no snapshot is kept, and what others kept is not looked at") {
    acta::dispatcher dispatch(log);
    dispatch.handle<account_commands>();
    REQUIRE(dispatch.send(deposit{"ada", 1}));
    CHECK(kept() == 0);
    REQUIRE(send<first_build>());
    CHECK(acta::load<account>(log, "ada")->state.balance == 26);
}

TEST_CASE_FIXTURE(fixture, "another revision or other fields of the state make a snapshot worthless, and the next append keeps a new one") {
    REQUIRE(send<first_build>());
    CHECK(acta::load<raised_revision>(log, "ada")->state.balance == 50);
    CHECK(acta::load<other_fields>(log, "ada")->state.evolved == 26);
    REQUIRE(send<raised_revision>());
    CHECK(kept() == 26);
    CHECK(acta::load<raised_revision>(log, "ada")->state.evolved == 1);
    CHECK(acta::load<first_build>(log, "ada")->state.evolved == 27);
}

TEST_CASE_FIXTURE(fixture, "a snapshot whose bytes are no state does not stop a load") {
    acta::append_request bad;
    bad.writes.push_back({ada, acta::any, {deposited{1}}});
    bad.snapshot = acta::snapshot{ada, 25, 25, 0, {std::byte{1}}};
    REQUIRE(send<first_build>());
    bad.snapshot.fingerprint = log.find_snapshot(ada)->fingerprint;
    REQUIRE(log.append(bad));
    CHECK(acta::load<first_build>(log, "ada")->state.balance == 26);
    CHECK(send<first_build>());
}

TEST_CASE_FIXTURE(fixture, "a verified snapshot that says what its events say is used, and nobody hears of it") {
    REQUIRE(send<first_build>());
    REQUIRE(send<same_build>());
    CHECK(reports.empty());
    CHECK(kept() == 25);
}

TEST_CASE_FIXTURE(fixture, "a changed rule whose revision was not raised is reported, and the events win") {
    REQUIRE(send<first_build>());
    CHECK(acta::load<changed_rule>(log, "ada")->state.balance == 26);  // wrong: 24 by the old rule from the snapshot, 2 by the new one
    REQUIRE(send<changed_rule>());
    REQUIRE(reports.size() == 1);
    CHECK(reports[0].find("account-ada at version 25") != std::string::npos);
    CHECK(reports[0].find("raise the aggregate's `revision`") != std::string::npos);
    CHECK(kept() == 26);  // made anew from the events
    CHECK(acta::load<changed_rule>(log, "ada")->state.balance == 52);
}

TEST_CASE_FIXTURE(fixture, "send_all keeps snapshots of the streams that it loads and goes on with") {
    acta::dispatcher dispatch(log);
    dispatch.handle<commands_of<first_build>>();
    const std::vector<deposit> some(5, deposit{"ada", 1});
    (void)dispatch.send_all(some);
    CHECK(kept() == 25);
    (void)dispatch.send_all(some);
    CHECK(kept() == 25);
    (void)dispatch.send_all(some);
    CHECK(kept() == 35);
    CHECK(acta::load<first_build>(log, "ada")->state.balance == 39);
}
