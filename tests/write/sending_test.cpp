#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "bank.hpp"
#include "meddling_log.hpp"

#include <doctest/doctest.h>

using namespace bank;

namespace {

const acta::stream_name ada("account-ada");

/// A store with Ada's account, a log in front of it that can be meddled with, and a dispatcher.
struct fixture {
    acta::sqlite_log store{":memory:"};
    meddling_log log{store};
    acta::manual_clock clock{acta::timestamp(std::chrono::hours(12))};
    acta::dispatcher dispatch{log, {.retries = 3, .clock = &clock}};

    fixture() {
        dispatch.handle<account_commands>();
        REQUIRE(store.append(ada, acta::none, {opened{"Ada"}, deposited{100}}));
    }
    void deposit_behind_its_back(std::int64_t cents) { REQUIRE(store.append(ada, acta::any, {deposited{cents}})); }
    acta::metadata metadata_at(acta::position position) {
        for (const acta::stored_event& event : store.read({.after = position - 1, .until = position})) {
            acta::envelope about;
            event.fill(about);
            return about.metadata;
        }
        return {};
    }
    account state() { return dispatch.load<account>("ada")->state; }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a command is decided on the stream's state and its events are stored") {
    const auto done = dispatch.send(withdraw{"ada", 30});
    CHECK(done);
    CHECK(done.stream() == ada);
    CHECK(done.version() == 3);
    CHECK(done.position() == 3);
    CHECK(state().balance == 70);
}

TEST_CASE_FIXTURE(fixture, "a command of several events stores them together, with what each carries of its own") {
    const auto done = dispatch.send(withdraw{"ada", 100});
    CHECK(done);
    CHECK(done.version() == 4);
    CHECK(done.position() == 4);
    CHECK(state().notes == "emptied");
    CHECK_FALSE(metadata_at(3).find("reason"));
    CHECK(metadata_at(4).find("reason") == "all taken");
}

TEST_CASE_FIXTURE(fixture, "a refusal stores nothing and says where it was decided") {
    const auto done = dispatch.send(withdraw{"ada", 200});
    CHECK_FALSE(done);
    CHECK(done.refusal() == account_commands::insufficient_funds);
    CHECK(done.version() == 2);
    CHECK(done.position() == 2);
    CHECK(store.head() == 2);
}

TEST_CASE_FIXTURE(fixture, "nothing to record is accepted") {
    const auto done = dispatch.send(withdraw{"ada", 0});
    CHECK(done);
    CHECK(done.version() == 2);
    CHECK(done.position() == 2);
    CHECK(store.head() == 2);
    CHECK(log.appends == 0);
}

TEST_CASE_FIXTURE(fixture, "validate refuses before anything is loaded") {
    const auto done = dispatch.send(deposit{"", 0});
    CHECK(done.refusal() == account_commands::not_positive);
    CHECK(done.stream().text().empty());
    CHECK_THROWS_AS((void)dispatch.send(deposit{"", 1}), acta::failure);
}

TEST_CASE_FIXTURE(fixture, "a command without a state makes a new stream, with one append and no reading") {
    const auto done = dispatch.send(open_account{"bob", "Bob"});
    CHECK(done);
    CHECK(done.version() == 1);
    CHECK(done.position() == 3);
    CHECK(log.appends == 1);
}

TEST_CASE_FIXTURE(fixture, "a command without a state is refused where the stream exists, whatever it would have decided") {
    const auto done = dispatch.send(open_account{"ada", "Ada"});
    CHECK(done.refusal() == acta::already_exists);
    CHECK(done.version() == 2);
    CHECK(done.position() == 2);
    CHECK(dispatch.send(open_account{"ada", ""}).refusal() == acta::already_exists);
    CHECK(dispatch.send(open_account{"bob", ""}).refusal() == account_commands::no_owner);
    CHECK(store.head() == 2);

    acta::dispatcher once(log, {.retries = 0});
    once.handle<account_commands>();
    CHECK(once.send(open_account{"ada", "Ada"}).refusal() == acta::already_exists);
}

TEST_CASE_FIXTURE(fixture, "a command with a state is refused where there is no stream, unless it creates if absent") {
    CHECK(dispatch.send(withdraw{"bob", 1}).refusal() == acta::does_not_exist);
    CHECK(dispatch.send(note{"bob", "hello"}, {.actor = "teller-7"}));
    CHECK(dispatch.load<account>("bob")->state.notes == "hello by teller-7 at version 0");
    CHECK(dispatch.send(note{"bob", ", again"}, {.actor = "teller-8"}));
    CHECK(dispatch.load<account>("bob")->state.notes == "hello by teller-7 at version 0, again by teller-8 at version 1");
}

TEST_CASE_FIXTURE(fixture, "when others were faster the command is decided again on what they left") {
    log.before_append = [&](int append) {
        if (append <= 2) deposit_behind_its_back(1'000);
    };
    const auto done = dispatch.send(withdraw{"ada", 100});
    CHECK(done);
    CHECK(log.appends == 3);
    CHECK(done.version() == 5);
    CHECK(state().balance == 2'000);
    CHECK(state().notes.empty());  // at first it would have emptied the account
}

TEST_CASE_FIXTURE(fixture, "a command that is decided again may be refused then") {
    log.before_append = [&](int) { REQUIRE(store.append(ada, acta::exactly(2), {withdrawn{90}})); };
    const auto done = dispatch.send(withdraw{"ada", 50});
    CHECK(done.refusal() == account_commands::insufficient_funds);
    CHECK(done.version() == 3);
    CHECK(log.appends == 1);
}

TEST_CASE_FIXTURE(fixture, "the number of retries is limited, and the last conflict is the answer") {
    log.before_append = [&](int) { deposit_behind_its_back(1); };
    const auto done = dispatch.send(withdraw{"ada", 1});
    CHECK_FALSE(done);
    REQUIRE(done.conflict());
    CHECK(log.appends == 4);
    CHECK(done.conflict()->stream == ada);
    CHECK(done.conflict()->expected == acta::exactly(5));
    CHECK(done.conflict()->actual == 6);
    CHECK_FALSE(done.refusal());
}

TEST_CASE_FIXTURE(fixture, "the context is the same in every attempt, but for the version") {
    log.before_append = [&](int append) {
        if (append <= 2) deposit_behind_its_back(1);
    };
    CHECK(dispatch.send(note{"ada", "ids"}, {.actor = "teller-7"}));
    CHECK(log.appends == 3);
    const std::string notes = state().notes;
    const std::string said = "ids by teller-7 at version 4";
    REQUIRE(notes.starts_with(said));
    const std::string first = notes.substr(said.size(), 36);
    const std::string second = notes.substr(said.size() + 36);
    CHECK(first.size() == 36);
    CHECK(second.size() == 36);
    CHECK(first != second);
}

namespace {

/// Remembers what every decide was told.
struct curious_commands {
    using aggregate = account;
    using commands = acta::commands<note>;
    std::vector<std::string>* told = nullptr;
    static const std::string& id(const auto& command) { return command.account_id; }
    acta::decision<noted> decide(const account&, const note& c, const acta::context& about) const {
        told->push_back(std::to_string(about.now().time_since_epoch().count()) + ' ' + about.command_id().text() + ' ' + about.actor() +
                        ' ' + about.stream().text() + ' ' + about.new_id() + ' ' + about.new_id());
        return noted{c.text};
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "time, command id, actor, stream and new ids are made once for a send") {
    std::vector<std::string> told;
    acta::dispatcher curious(log, {.clock = &clock});
    curious.handle(curious_commands{&told});
    log.before_append = [&](int append) {
        clock.advance(std::chrono::seconds(1));
        if (append <= 2) deposit_behind_its_back(1);
    };
    CHECK(curious.send(note{"ada", "x"}, {.id = "request-7", .actor = "teller-7"}));
    REQUIRE(told.size() == 3);
    CHECK(told[0].starts_with("43200000000 request-7 teller-7 account-ada "));
    CHECK(told[1] == told[0]);
    CHECK(told[2] == told[0]);

    CHECK(curious.send(note{"ada", "x"}, {.id = "request-8"}));
    REQUIRE(told.size() == 4);
    CHECK(told[3].substr(told[3].size() - 73) != told[0].substr(told[0].size() - 73));
}

TEST_CASE_FIXTURE(fixture, "an expected version that does not hold is answered with a conflict, before anything is decided") {
    const auto done = dispatch.send(withdraw{"ada", 200}, {.expected = acta::exactly(1)});
    REQUIRE(done.conflict());
    CHECK(done.conflict()->expected == acta::exactly(1));
    CHECK(done.conflict()->actual == 2);
    CHECK(log.appends == 0);
    CHECK(dispatch.send(withdraw{"ada", 1}, {.expected = acta::exactly(2)}));
    CHECK(dispatch.send(withdraw{"ada", 1}, {.expected = acta::exists}));
    CHECK(dispatch.send(open_account{"ada", "Ada"}, {.expected = acta::none}).conflict());
    CHECK(dispatch.send(open_account{"ada", "Ada"}, {.expected = acta::exactly(4)}).refusal() == acta::already_exists);
    CHECK(dispatch.send(open_account{"bob", "Bob"}, {.expected = acta::none}));
}

TEST_CASE_FIXTURE(fixture, "with an expected version a conflict is never retried") {
    log.before_append = [&](int) { deposit_behind_its_back(1); };
    const auto done = dispatch.send(withdraw{"ada", 1}, {.expected = acta::exactly(2)});
    REQUIRE(done.conflict());
    CHECK(done.conflict()->expected == acta::exactly(2));
    CHECK(done.conflict()->actual == 3);
    CHECK(log.appends == 1);

    const auto other = dispatch.send(withdraw{"ada", 1}, {.expected = acta::exists});
    REQUIRE(other.conflict());
    CHECK(other.conflict()->expected == acta::exists);
    CHECK(log.appends == 2);
}

TEST_CASE_FIXTURE(fixture, "what goes with a command is recorded with its events") {
    const auto done =
        dispatch.send(withdraw{"ada", 1}, {.id = "request-7", .actor = "teller-7", .metadata = acta::metadata().with("branch", "Harbour")});
    REQUIRE(done);
    const acta::metadata recorded = metadata_at(done.position());
    CHECK(recorded.actor() == "teller-7");
    CHECK(recorded.correlation() == "request-7");
    CHECK(recorded.causation() == "request-7");
    CHECK(recorded.find("branch") == "Harbour");

    REQUIRE(dispatch.send(withdraw{"ada", 1}));
    const acta::metadata unnamed = metadata_at(4);
    CHECK(unnamed.correlation()->size() == 36);
    CHECK(unnamed.causation() == unnamed.correlation());
    CHECK_FALSE(unnamed.actor());
}

TEST_CASE_FIXTURE(fixture, "an append whose end nobody knows is answered with unknown, other failures are thrown") {
    log.before_append = [](int) { throw acta::failure(acta::errc::unknown_outcome, "the disk went away in the middle of a commit"); };
    const auto done = dispatch.send(withdraw{"ada", 1});
    CHECK_FALSE(done);
    CHECK(done.unknown());
    CHECK(done.stream() == ada);
    CHECK(done.text() == "account-ada: unknown whether it is stored: the disk went away in the middle of a commit");

    log.before_append = [](int) { throw acta::failure(acta::errc::disk_full, "no room"); };
    CHECK_THROWS_WITH_AS((void)dispatch.send(withdraw{"ada", 1}), "no room", acta::failure);
    log.before_append = [](int) {};
    CHECK(dispatch.send(withdraw{"ada", 1}));
}
