#include <acta/testing/projection_spec.hpp>
#include <acta/testing/replay_equality.hpp>

#include "balances.hpp"

#include <doctest/doctest.h>

using namespace bank;
using acta::testing::projection_spec;

SCENARIO("sound rows are the same live, rebuilt, and after a crash at any commit") {
    projection_spec<balances>()
        .given("account-ada", opened{"Ada"}, deposited{100}, withdrawn{30}, noted{"hello"})
        .given("account-bob", deposited{5}, deposited{6}, withdrawn{1}, deposited{2})
        .given("account-ada", withdrawn{70}, noted{"bye"})
        .rebuild_equals_live()
        .crash_at_every_commit();
}

TEST_CASE("an empty log is equal to itself") {
    acta::sqlite_log log(":memory:");
    acta::testing::rebuild_equals_live<balances>(log);
    acta::testing::crash_at_every_commit<balances>(log);
}
