// Commands that rest on more than one stream: on several aggregates, or on what a query finds.
#include <acta/event/codec.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "meddling_log.hpp"
#include "transfers.hpp"

#include <doctest/doctest.h>

using namespace bank;

using every_name_event = bank::name_events;
ACTA_CODECS(every_name_event);

namespace {

acta::stream_name account_of(const char* id) { return {account::category, id}; }

struct fixture {
    acta::sqlite_log store{":memory:"};
    meddling_log log{store};
    acta::dispatcher dispatch{log, {.retries = 3}};

    fixture() {
        dispatch.handle<transfer_commands>().handle<name_commands>();
        REQUIRE(store.append(account_of("ada"), acta::none, {opened{"Ada"}, deposited{100}}));
        REQUIRE(store.append(account_of("bob"), acta::none, {opened{"Bob"}}));
    }
    std::int64_t balance(const char* id) { return dispatch.load<account>(id)->state.balance; }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a command for two aggregates sees both, and its events go to each in one append") {
    const auto done = dispatch.send(transfer{"ada", "bob", 30});
    CHECK(done);
    CHECK(done.stream() == account_of("ada"));
    CHECK(done.version() == 3);
    CHECK(done.position() == 5);
    CHECK(log.appends == 1);
    CHECK(balance("ada") == 70);
    CHECK(balance("bob") == 30);
}

TEST_CASE_FIXTURE(fixture, "of several aggregates all have to exist") {
    CHECK(dispatch.send(transfer{"ada", "eve", 30}).refusal() == acta::does_not_exist);
    CHECK(dispatch.send(transfer{"eve", "ada", 30}).refusal() == acta::does_not_exist);
    CHECK(store.head() == 3);
}

TEST_CASE_FIXTURE(fixture, "a refusal of a command for several stores nothing") {
    const auto done = dispatch.send(transfer{"ada", "bob", 101});
    CHECK(done.refusal() == transfer_commands::insufficient_funds);
    CHECK(done.version() == 2);
    CHECK(store.head() == 3);
}

TEST_CASE_FIXTURE(fixture, "whoever writes to any of the streams meanwhile, the command is decided again") {
    log.before_append = [&](int attempt) {
        if (attempt == 1) REQUIRE(store.append(account_of("bob"), acta::any, {deposited{5}}));
        if (attempt == 2) REQUIRE(store.append(account_of("ada"), acta::any, {withdrawn{90}}));
    };
    CHECK(dispatch.send(transfer{"ada", "bob", 30}).refusal() == transfer_commands::insufficient_funds);
    CHECK(log.appends == 2);
    CHECK(balance("ada") == 10);
    CHECK(balance("bob") == 5);
}

TEST_CASE_FIXTURE(fixture, "a stream that gets no event is checked all the same") {
    REQUIRE(store.append(account_of("eve"), acta::none, {opened{"Eve"}}));
    log.before_append = [&](int attempt) {
        if (attempt == 1) REQUIRE(store.append(account_of("eve"), acta::any, {deposited{1}}));
    };
    CHECK(dispatch.send(audit{{"ada", "bob", "eve"}, 100}).refusal() == transfer_commands::differs);
    const auto done = dispatch.send(audit{{"ada", "bob", "eve"}, 101});
    CHECK(done);
    CHECK(done.version() == 3);
    CHECK(dispatch.load<account>("ada")->state.notes == "audited at 2");
}

TEST_CASE_FIXTURE(fixture, "a transfer to oneself is one stream, once") {
    CHECK(dispatch.send(transfer{"ada", "ada", 30}));
    CHECK(balance("ada") == 100);
    CHECK(dispatch.load<account>("ada")->version == 4);
}

TEST_CASE_FIXTURE(fixture, "an event for a stream that the command did not load is a misuse, and stores nothing") {
    try {
        (void)dispatch.send(misdirect{"ada", "bob"});
        FAIL("stored");
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::misuse);
        CHECK(std::string(why.what()).find("account-bob") != std::string::npos);
    }
    CHECK(store.head() == 3);
}

TEST_CASE_FIXTURE(fixture, "what a query finds is decided on, whatever stream it is in") {
    CHECK(dispatch.send(take_name{"1", "ada"}));
    CHECK(dispatch.send(take_name{"2", "ada"}).refusal() == name_commands::taken);
    CHECK(dispatch.send(take_name{"2", "bob"}));
    CHECK(dispatch.send(take_name{"1", "eve"}).version() == 2);
    REQUIRE(store.append(acta::stream_name("user", "1"), acta::any, {name_freed{"ada"}}));
    const auto done = dispatch.send(take_name{"2", "ada"});
    CHECK(done);
    CHECK(done.stream() == acta::stream_name("user", "2"));
    CHECK(done.version() == 2);
}

TEST_CASE_FIXTURE(fixture,
                  "an event that matches and comes meanwhile makes the command be decided again; one that does not is not in its way") {
    log.before_append = [&](int attempt) {
        if (attempt == 1) REQUIRE(store.append(acta::stream_name("user", "9"), acta::any, {name_taken{"other"}}));
        if (attempt == 2) REQUIRE(store.append(acta::stream_name("user", "9"), acta::any, {name_taken{"bob"}}));
    };
    CHECK(dispatch.send(take_name{"1", "ada"}));
    CHECK(log.appends == 1);
    CHECK(dispatch.send(take_name{"1", "bob"}).refusal() == name_commands::taken);
    CHECK(log.appends == 2);
}

TEST_CASE_FIXTURE(fixture, "where others are faster each time the conflict names the event") {
    int stored = 0;
    log.before_append = [&](int) {
        REQUIRE(store.append(acta::stream_name("user", "9"), acta::any, {name_taken{"ada"}, name_freed{"ada"}}));
        ++stored;
    };
    const auto done = dispatch.send(take_name{"1", "ada"});
    CHECK_FALSE(done);
    REQUIRE(done.conflict());
    CHECK(done.conflict()->condition == 0);
    CHECK(done.conflict()->positions == std::vector<acta::position>{store.head() - 1, store.head()});
    CHECK(done.text().find("in conflict") != std::string::npos);
    CHECK(stored == 4);
}

TEST_CASE_FIXTURE(fixture, "a version that is expected of the stream is checked beside the boundary, and not tried again") {
    CHECK(dispatch.send(take_name{"1", "ada"}, {.expected = acta::none}));
    const auto done = dispatch.send(take_name{"1", "bob"}, {.expected = acta::none});
    REQUIRE(done.conflict());
    CHECK(done.conflict()->stream == acta::stream_name("user", "1"));
    CHECK(done.conflict()->actual == 1);
    CHECK(log.appends == 2);
}

TEST_CASE_FIXTURE(fixture, "nothing to record is accepted") {
    const auto done = dispatch.send(take_name{"1", ""});
    CHECK(done);
    CHECK(done.version() == 0);
    CHECK(log.appends == 0);
}

TEST_CASE_FIXTURE(fixture, "send_all sends such commands in their turn, between the others") {
    dispatch.handle<account_commands>();
    using any_command = std::variant<deposit, withdraw, transfer, take_name>;
    const std::vector<any_command> all{deposit{"ada", 20},    transfer{"ada", "bob", 120}, withdraw{"bob", 100}, take_name{"1", "ada"},
                                       take_name{"2", "ada"}, transfer{"ada", "bob", 1},   deposit{"bob", 7}};
    std::vector<bool> accepted;
    for (const acta::outcome& one : dispatch.send_all(all)) accepted.push_back(bool(one));
    CHECK(accepted == std::vector<bool>{true, true, true, true, false, false, true});
    CHECK(balance("ada") == 0);
    CHECK(balance("bob") == 27);
}
