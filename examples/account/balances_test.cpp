#include <acta/testing/projection_spec.hpp>

#include "balances.hpp"

#include <doctest/doctest.h>

using acta::testing::projection_spec;
using namespace bank;

SCENARIO("a balance is what was deposited less what was withdrawn") {
    projection_spec<balances>()
        .given("account-ada", opened{"Ada"}, deposited{100}, withdrawn{30})
        .given("account-bob", opened{"Bob"}, deposited{5})
        .then_rows(balance{"ada", 70}, balance{"bob", 5});
}

SCENARIO("an account that nobody paid into has no row") {
    projection_spec<balances>().given("account-ada", opened{"Ada"}).then_no_rows<balance>();
}
