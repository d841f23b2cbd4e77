#include <acta/testing/given.hpp>

#include "account_commands.hpp"

#include <doctest/doctest.h>

using acta::testing::given;
using namespace bank;

SCENARIO("an account is opened once") {
    given<account_commands>().when(open_account{"ada", "Ada"}).then(opened{"Ada"});
    given<account_commands>(opened{"Ada"}).when(open_account{"ada", "Ada"}).then_refused(acta::already_exists);
}

SCENARIO("money is deposited into an account that exists") {
    given<account_commands>(opened{"Ada"}).when(deposit{"ada", 100}).then(deposited{100});
    given<account_commands>(opened{"Ada"}).when(deposit{"ada", 0}).then_refused(account_commands::not_positive);
    given<account_commands>().when(deposit{"ada", 100}).then_refused(acta::does_not_exist);
}

SCENARIO("money can be withdrawn only from what was deposited") {
    given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 200}).then_refused(account_commands::insufficient_funds);
    given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 100}).then(withdrawn{100}).then_state([](const account& a) {
        CHECK(a.balance == 0);
    });
    given<account_commands>(opened{"Ada"}, deposited{100}, withdrawn{60})
        .when(withdraw{"ada", 50})
        .then_refused(account_commands::insufficient_funds);
    given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", -5}).then_refused(account_commands::not_positive);
}

SCENARIO("a transfer takes from one account what it gives to the other") {
    using acta::to;
    given<account_commands>(opened{"Ada"} | to<account>("ada"), deposited{100} | to<account>("ada"), opened{"Bob"} | to<account>("bob"))
        .when(transfer{"ada", "bob", 60})
        .then(withdrawn{60} | to<account>("ada"), deposited{60} | to<account>("bob"));
    given<account_commands>(opened{"Ada"} | to<account>("ada"), opened{"Bob"} | to<account>("bob"), deposited{100} | to<account>("bob"))
        .when(transfer{"ada", "bob", 60})
        .then_refused(account_commands::insufficient_funds);
    given<account_commands>(opened{"Ada"} | to<account>("ada"), deposited{100} | to<account>("ada"))
        .when(transfer{"ada", "bob", 60})
        .then_refused(acta::does_not_exist);
}
