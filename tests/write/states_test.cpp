#include <acta/store/sqlite.hpp>
#include <acta/write/states.hpp>

#include "bank.hpp"

#include <doctest/doctest.h>

using namespace bank;
using acta::detail::states;

TEST_CASE("those states are kept that were used last") {
    acta::sqlite_log log(":memory:");
    states<account> kept(log, 2);
    kept.add("ada"), kept.add("bob"), kept.add("eve");
    REQUIRE(kept.find("ada"));
    kept.trim();
    CHECK(kept.find("ada"));
    CHECK_FALSE(kept.find("bob"));
    CHECK(kept.find("eve"));

    kept.forget("eve");
    kept.forget("nobody");
    CHECK_FALSE(kept.find("eve"));
    CHECK(kept.find("ada"));
    kept.forget_all();
    CHECK_FALSE(kept.find("ada"));
}

TEST_CASE("nothing is forgotten before it is time") {
    acta::sqlite_log log(":memory:");
    states<account> kept(log, 1);
    kept.add("ada").state.balance = 7;
    kept.add("bob");
    REQUIRE(kept.find("ada"));
    CHECK(kept.find("ada")->state.balance == 7);
}

TEST_CASE("a kept state is reloaded from the log, whatever it was") {
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(acta::stream_name("account-ada"), acta::none, {opened{"Ada"}, deposited{100}}));
    states<account> kept(log, 2);
    auto& ada = kept.add("ada");
    ada.state.balance = 7;
    ada.taken_for_new = true;
    kept.reload(ada);
    CHECK(ada.state.balance == 100);
    CHECK(ada.state.owner == "Ada");
    CHECK(ada.version == 2);
    CHECK(ada.position == 2);
    CHECK_FALSE(ada.taken_for_new);
}

TEST_CASE("an id that no stream may have is not kept") {
    acta::sqlite_log log(":memory:");
    states<account> kept(log, 2);
    CHECK_THROWS_AS(kept.add(""), acta::failure);
    CHECK_FALSE(kept.find(""));
}
