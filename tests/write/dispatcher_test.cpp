#include <acta/event/codec.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "bank.hpp"

#include <doctest/doctest.h>

using namespace bank;

namespace {

/// The same stored name as bank::deposited has, as another program gives it.
struct other_deposited {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::string cents;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
struct copycat_deposit {
    static constexpr acta::command_type command{"account.deposit"};
    std::string account_id;
};
struct ledger {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
    void evolve(const deposited&) {}
};
struct book {
    static constexpr acta::command_type command{"ledger.book"};
    std::string account_id;
};
struct ledger_commands {
    using aggregate = ledger;
    using commands = acta::commands<book>;
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<deposited> decide(const ledger&, const book&) { return acta::nothing; }
};
struct closing_commands {
    using aggregate = account;
    using commands = acta::commands<book>;
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<noted> decide(const account& a, const book&) { return noted{"balance " + std::to_string(a.balance)}; }
};
/// Cannot be made without its limit.
struct strict_commands : private account_commands {
    using aggregate = account;
    using commands = acta::commands<withdraw>;
    explicit strict_commands(std::int64_t most) : most_(most) {}
    static const std::string& id(const auto& command) { return command.account_id; }
    acta::decision<withdrawn> decide(const account&, const withdraw& c) const {
        if (c.cents > most_) return over_the_limit;
        return withdrawn{c.cents};
    }

private:
    std::int64_t most_;
};

}  // namespace

template const acta::event_codec& acta::codec_of<other_deposited>();

TEST_CASE("a command without a handler set is a misuse, and named") {
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log);
    CHECK_THROWS_WITH_AS((void)dispatch.send(deposit{"ada", 1}),
                         "no handler set lists the command account.deposit in its `commands`: list it there, and give the set to "
                         "handle<...>() before the first command is sent",
                         acta::failure);
    CHECK_THROWS_AS((void)dispatch.send_all(std::vector<deposit>{}), acta::failure);
}

TEST_CASE("a command is handled once, and a name belongs to one command") {
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log);
    dispatch.handle<account_commands>();
    CHECK_THROWS_WITH_AS(dispatch.handle<account_commands>(),
                         "the command account.open has a handler already: one handler set for each command, given once", acta::failure);
    CHECK_THROWS_WITH_AS(
        (void)dispatch.send(copycat_deposit{"ada"}),
        "two command types are named account.deposit, and the one that was sent is not the one that is handled: give each a "
        "name of its own",
        acta::failure);
}

TEST_CASE("a category belongs to one aggregate, which may have several handler sets") {
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log);
    dispatch.handle<account_commands>();
    CHECK_THROWS_WITH_AS(dispatch.handle<ledger_commands>(),
                         "two aggregates have the category account: one state for each, or give one another category", acta::failure);

    dispatch.handle<closing_commands>();
    using mixed = std::variant<open_account, deposit, book>;
    const auto all = dispatch.send_all(std::vector<mixed>{open_account{"ada", "Ada"}, deposit{"ada", 7}, book{"ada"}});
    CHECK(all.back());
    CHECK(dispatch.load<account>("ada")->state.notes == "balance 7");
}

TEST_CASE("handlers are refused before the first command when their aggregate's stored events cannot be read") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(acta::stream_name("account-eve"), acta::none, {opened{"Eve"}, other_deposited{"much"}}));
    acta::dispatcher dispatch(log);
    try {
        dispatch.handle<account_commands>();
        FAIL("handled");
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::layout_mismatch);
        CHECK(std::string(why.what())
                  .find("'cents' is stored as \"text\" and is \"i64\" here): raise the revision and add an upcast; 1 event") !=
              std::string::npos);
    }
    CHECK(log.head() == 2);
}

TEST_CASE("handlers that are configured are handed over") {
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log);
    dispatch.handle(strict_commands{10});
    REQUIRE(log.append(acta::stream_name("account-ada"), acta::none, {opened{"Ada"}}));
    CHECK(dispatch.send(withdraw{"ada", 10}));
    CHECK(dispatch.send(withdraw{"ada", 11}).refusal() == account_commands::over_the_limit);
}

TEST_CASE("load reads an aggregate without a command, also at a version") {
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log);
    dispatch.handle<account_commands>();
    CHECK_FALSE(dispatch.load<account>("ada"));
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));
    REQUIRE(dispatch.send(deposit{"ada", 100}));
    CHECK(dispatch.load<account>("ada")->state.balance == 100);
    CHECK(dispatch.load<account>("ada", 1)->state.balance == 0);
}

TEST_CASE("send_all is refused what belongs to one command, and a chunk of none") {
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log);
    dispatch.handle<account_commands>();
    const std::vector<deposit> none;
    CHECK_THROWS_AS((void)dispatch.send_all(none, {.chunk = 0}), acta::failure);
    CHECK_THROWS_AS((void)dispatch.send_all(none, {.each = {.id = "request-7"}}), acta::failure);
    CHECK_THROWS_AS((void)dispatch.send_all(none, {.each = {.expected = acta::exists}}), acta::failure);
    CHECK(dispatch.send_all(none).empty());
}
