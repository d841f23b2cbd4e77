#include <acta/event/strong.hpp>
#include <acta/write/handler.hpp>

#include "bank.hpp"

#include <doctest/doctest.h>

using namespace bank;
using acta::detail::id_text;
using acta::detail::run_decide;
using acta::detail::run_validate;

static const acta::context about({.actor = "teller-7", .version = 4, .new_ids = {"one", "two"}});

TEST_CASE("a handler set is checked while compiling") {
    CHECK(acta::handler_set<account_commands>);
    CHECK(acta::detail::checked_handler_set<account_commands>());
    CHECK_FALSE(acta::handler_set<account>);
}

TEST_CASE("a decide without a state makes a new stream, and is refused where there is one") {
    const account_commands handlers;
    CHECK(run_decide(handlers, account{}, 0, open_account{"ada", "Ada"}, about).events().size() == 1);
    CHECK(run_decide(handlers, account{}, 0, open_account{"ada", ""}, about).refusal() == account_commands::no_owner);
    CHECK(run_decide(handlers, account{}, 1, open_account{"ada", "Ada"}, about).refusal() == acta::already_exists);
}

TEST_CASE("a decide with a state is refused where there is no stream") {
    const account_commands handlers;
    const account rich{.balance = 100};
    CHECK(run_decide(handlers, rich, 2, withdraw{"ada", 30}, about).events().size() == 1);
    CHECK(run_decide(handlers, rich, 2, withdraw{"ada", 200}, about).refusal() == account_commands::insufficient_funds);
    CHECK(run_decide(handlers, account{}, 0, withdraw{"ada", 30}, about).refusal() == acta::does_not_exist);
}

TEST_CASE("a command that creates if absent is decided with the initial state") {
    const auto made = run_decide(account_commands{}, account{}, 0, note{"ada", "ids"}, about);
    REQUIRE(made.events().size() == 3);
    CHECK(std::get<0>(made.events()[0]).event.text == "ids by teller-7 at version 4");
    CHECK(std::get<0>(made.events()[1]).event.text == "one");
    CHECK(std::get<0>(made.events()[2]).event.text == "two");
}

TEST_CASE("handlers may be configured") {
    const account rich{.balance = 100};
    CHECK(run_decide(account_commands{.limit = 10}, rich, 2, withdraw{"ada", 30}, about).refusal() == account_commands::over_the_limit);
}

TEST_CASE("validate runs for the commands that have one") {
    CHECK(run_validate<account_commands>(deposit{"ada", 0}) == account_commands::not_positive);
    CHECK_FALSE(run_validate<account_commands>(deposit{"ada", 1}));
    CHECK_FALSE(run_validate<account_commands>(withdraw{"ada", -1}));
}

TEST_CASE("an id is a text, a whole number, or a strong type of either") {
    CHECK(std::string_view(id_text(std::string("ada"))) == "ada");
    CHECK(std::string_view(id_text("ada")) == "ada");
    CHECK(std::string_view(id_text(std::int64_t{-42})) == "-42");
    CHECK(std::string_view(id_text(acta::strong<struct name_tag, std::string>("ada"))) == "ada");
    CHECK(std::string_view(id_text(acta::strong<struct number_tag, std::uint32_t>(7))) == "7");
}
