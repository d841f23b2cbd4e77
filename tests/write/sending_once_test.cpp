// Commands with ids: the first answer, again.
#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "meddling_log.hpp"
#include "transfers.hpp"

#include <doctest/doctest.h>

using namespace bank;

namespace {

struct fixture {
    acta::sqlite_log store{":memory:"};
    meddling_log log{store};
    acta::dispatcher dispatch{log, {.retries = 3}};

    fixture() {
        dispatch.handle<account_commands>().handle<transfer_commands>();
        REQUIRE(store.append(acta::stream_name("account-ada"), acta::none, {opened{"Ada"}, deposited{100}}));
    }
    std::int64_t balance() { return dispatch.load<account>("ada")->state.balance; }
};

template <class Call>
acta::errc code_of(Call&& call) {
    try {
        call();
    } catch (const acta::failure& why) { return why.code(); }
    return acta::errc{};
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "a command that is sent again with its id gets its first answer and is not decided") {
    const auto first = dispatch.send(withdraw{"ada", 60}, {.id = "request-1"});
    CHECK(first);
    CHECK_FALSE(first.already_done());
    const auto again = dispatch.send(withdraw{"ada", 60}, {.id = "request-1"});
    CHECK(again);
    CHECK(again.already_done());
    CHECK(again.stream() == first.stream());
    CHECK(again.version() == first.version());
    CHECK(again.position() == first.position());
    CHECK(balance() == 40);
}

TEST_CASE_FIXTURE(fixture, "an id that was given to another command is a misuse with a name") {
    REQUIRE(dispatch.send(withdraw{"ada", 60}, {.id = "request-1"}));
    CHECK(code_of([&] { (void)dispatch.send(deposit{"ada", 60}, {.id = "request-1"}); }) == acta::errc::id_reused);
    CHECK(balance() == 40);
}

TEST_CASE_FIXTURE(fixture, "a refusal is kept where that is asked for, with code and sentence, and else decided anew") {
    CHECK_FALSE(dispatch.send(withdraw{"ada", 160}, {.id = "forgotten"}));
    CHECK_FALSE(dispatch.send(withdraw{"ada", 160}, {.id = "kept", .keep_refusal = true}));
    CHECK_FALSE(dispatch.send(deposit{"ada", -1}, {.id = "invalid", .keep_refusal = true}));
    REQUIRE(store.append(acta::stream_name("account-eve"), acta::none, {opened{"Eve"}, deposited{1}, deposited{1}}));
    const auto late = dispatch.send(withdraw{"eve", 160}, {.id = "late", .keep_refusal = true});
    const auto late_again = dispatch.send(withdraw{"eve", 160}, {.id = "late"});
    CHECK(late_again.version() == late.version());
    CHECK(late_again.position() == late.position());
    CHECK(late.version() == 3);
    CHECK(late.position() == 5);
    REQUIRE(dispatch.send(deposit{"ada", 1'000}));
    CHECK(dispatch.send(withdraw{"ada", 160}, {.id = "forgotten"}));
    const auto again = dispatch.send(withdraw{"ada", 160}, {.id = "kept"});
    CHECK(again.already_done());
    CHECK(again.refusal() == account_commands::insufficient_funds);
    CHECK(again.refusal()->sentence == "the balance does not cover it");
    CHECK(again.version() == 2);
    CHECK(again.position() == 2);
    CHECK(dispatch.send(deposit{"ada", 1}, {.id = "invalid"}).refusal() == account_commands::not_positive);
    CHECK(balance() == 940);
}

TEST_CASE_FIXTURE(fixture, "that there was nothing to record is an answer as well") {
    CHECK(dispatch.send(withdraw{"ada", 0}, {.id = "request-1"}));
    const auto again = dispatch.send(withdraw{"ada", 50}, {.id = "request-1"});
    CHECK(again);
    CHECK(again.already_done());
    CHECK(again.version() == 2);
    CHECK(balance() == 100);
}

TEST_CASE_FIXTURE(fixture, "of two who send the same command at once the later one gets the answer of the other") {
    log.before_append = [&](int attempt) {
        if (attempt == 1) REQUIRE(dispatch.send(withdraw{"ada", 60}, {.id = "request-1"}));
    };
    const auto late = dispatch.send(withdraw{"ada", 60}, {.id = "request-1"});
    CHECK(late);
    CHECK(late.already_done());
    CHECK(late.version() == 3);
    CHECK(balance() == 40);
}

TEST_CASE_FIXTURE(fixture, "a command on several streams is said once as well") {
    REQUIRE(store.append(acta::stream_name("account-bob"), acta::none, {opened{"Bob"}}));
    REQUIRE(dispatch.send(transfer{"ada", "bob", 60}, {.id = "request-1"}));
    const auto again = dispatch.send(transfer{"ada", "bob", 60}, {.id = "request-1"});
    CHECK(again.already_done());
    CHECK(again.version() == 3);
    CHECK(balance() == 40);
}

TEST_CASE_FIXTURE(fixture, "send_all takes commands with ids: each counts once, within a chunk, across chunks and across calls") {
    using acta::identified;
    const std::vector<identified<deposit>> all{{{"ada", 1}, "a"}, {{"ada", 2}, "b"},  {{"ada", 4}, "a"},
                                               {{"ada", 8}, {}},  {{"ada", 16}, "b"}, {{"ada", 32}, "c"}};
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
        const auto answers = dispatch.send_all(all, {.chunk = chunk, .each = {}});
        REQUIRE(answers.size() == 6);
        for (const acta::outcome& one : answers) CHECK(one);
        CHECK(answers[2].already_done());
        CHECK(answers[2].version() == answers[0].version());
        CHECK(answers[4].already_done());
        CHECK_FALSE(answers[3].already_done());
    }
    CHECK(balance() == 100 + 1 + 2 + 32 + 3 * 8);
    CHECK(dispatch.send(deposit{"ada", 1}, {.id = "c"}).already_done());
}

TEST_CASE_FIXTURE(fixture, "in send_all, whoever sends the same id meanwhile wins, and what was decided behind it is decided again") {
    using acta::identified;
    log.before_append = [&](int attempt) {
        if (attempt == 1) REQUIRE(dispatch.send(withdraw{"ada", 90}, {.id = "w"}));
    };
    const std::vector<identified<withdraw>> all{{{"ada", 90}, "w"}, {{"ada", 10}, "x"}, {{"ada", 1}, "y"}};
    const auto answers = dispatch.send_all(all);
    CHECK(answers[0].already_done());
    CHECK(answers[0].version() == 3);
    CHECK(answers[1]);
    CHECK(answers[2].refusal() == account_commands::insufficient_funds);
    CHECK(balance() == 0);
}

TEST_CASE_FIXTURE(fixture, "in send_all, what has no id and was decided behind such a command is stored once, or not at all") {
    using acta::identified;
    log.before_append = [&](int attempt) {
        if (attempt == 1) REQUIRE(dispatch.send(withdraw{"ada", 90}, {.id = "w"}));
    };
    const std::vector<identified<withdraw>> all{{{"ada", 90}, "w"}, {{"ada", 10}, {}}, {{"ada", 1}, "y"}};
    const auto answers = dispatch.send_all(all);
    CHECK(answers[0].already_done());
    CHECK(answers[1]);
    CHECK_FALSE(answers[1].already_done());
    CHECK(answers[2].refusal() == account_commands::insufficient_funds);
    CHECK(balance() == 0);
    CHECK(store.head() == 5);  // the last ten cents are noted
}

TEST_CASE_FIXTURE(fixture, "in send_all, when a later round fails what is stored already is told before") {
    log.before_append = [&](int attempt) {
        if (attempt == 1) REQUIRE(store.append(acta::stream_name("account-ada"), acta::any, {deposited{1}}));
        if (attempt == 2) throw acta::failure(acta::errc::disk_full, "no room");
    };
    REQUIRE(store.append(acta::stream_name("account-bob"), acta::none, {opened{"Bob"}}));
    const std::vector<deposit> all{{"ada", 1}, {"bob", 2}};
    std::vector<acta::stream_name> told;
    CHECK(code_of([&] { dispatch.send_all(all, [&](const acta::outcome& one) { told.push_back(one.stream()); }); }) ==
          acta::errc::disk_full);
    CHECK(told == std::vector<acta::stream_name>{acta::stream_name("account-bob")});
    CHECK(dispatch.load<account>("bob")->state.balance == 2);
}

TEST_CASE_FIXTURE(fixture, "in send_all, answers without events are kept as in send") {
    using acta::identified;
    const std::vector<identified<withdraw>> all{{{"ada", 0}, "nothing"}, {{"ada", 200}, "refused"}};
    (void)dispatch.send_all(all, {.each = {.keep_refusal = true}});
    CHECK(dispatch.send(withdraw{"ada", 5}, {.id = "nothing"}).already_done());
    CHECK(dispatch.send(withdraw{"ada", 5}, {.id = "refused"}).refusal() == account_commands::insufficient_funds);
    CHECK(balance() == 100);
}

TEST_CASE_FIXTURE(fixture, "in send_all, one id on two commands is a misuse, and nothing of the chunk is stored") {
    using any_command = std::variant<deposit, withdraw>;
    const std::vector<acta::identified<any_command>> all{{deposit{"ada", 1}, "a"}, {withdraw{"ada", 1}, "a"}};
    CHECK(code_of([&] { (void)dispatch.send_all(all); }) == acta::errc::id_reused);
    CHECK(store.head() == 2);
}
