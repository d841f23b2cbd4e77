#include <acta/testing/projection_spec.hpp>

#include "balances.hpp"

#include <doctest/doctest.h>

using namespace bank;
using acta::testing::projection_spec;

namespace {

/// A projection that is no more than a number, and what it saw beside its events.
struct last_deposit {
    static constexpr acta::projection_type projection{"last_deposit", 1};
    using consumes = acta::events<deposited>;
    int seen = 0;
    acta::timestamp when{};
    std::optional<std::string> reason{};
    std::string stream{};
    void apply(const acta::recorded<deposited>& e) {
        ++seen;
        when = e.recorded_at();
        reason = e.metadata().find("reason");
        stream = e.stream().text();
    }
};

}  // namespace

SCENARIO("a balance is what was deposited less what was withdrawn") {
    projection_spec<balances>()
        .given("account-ada", opened{"Ada"}, deposited{100}, withdrawn{30})
        .given("account-bob", deposited{5})
        .then_rows(balance{"bob", 5, std::nullopt}, balance{"ada", 70, std::nullopt});
}

SCENARIO("more events may be given after a look") {
    projection_spec<balances>()
        .given("account-ada", opened{"Ada"})
        .then_no_rows<balance>()
        .given("account-ada", deposited{100})
        .then_rows(balance{"ada", 100, std::nullopt})
        .given("account-ada", noted{"hello \"you\""})
        .then_rows(balance{"ada", 100, "hello \"you\""});
}

SCENARIO("a projection of plain members is looked at itself") {
    const acta::timestamp later = acta::clock::system().now() + std::chrono::hours(1);
    projection_spec<last_deposit>()
        .given("account-ada", deposited{100})
        .at(later)
        .given("account-bob", deposited{5} | acta::with("reason", "salary"))
        .then_projection([&](const last_deposit& seen) {
            CHECK(seen.seen == 2);
            CHECK(seen.when == later);
            CHECK(seen.reason == "salary");
            CHECK(seen.stream == "account-bob");
        });
}

TEST_CASE("a row is readable on one line") {
    using acta::testing::detail::row_text;
    CHECK(row_text(balance{"ada", 70, "x"}) == R"({"account_id":"ada","cents":70,"note":"x"})");
    CHECK(row_text(balance{"ada", -1, std::nullopt}) == R"({"account_id":"ada","cents":-1,"note":null})");
}

namespace {

/// Adds up, and so counts an event twice that it is given twice; and one that only notes the newest, and does not.
struct newest_deposit {
    static constexpr acta::projection_type projection{"newest_deposit", 1};
    using consumes = acta::events<deposited>;
    acta::table<balance, &balance::account_id> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<deposited>& e) { rows[e.stream().id()].cents = e->cents; }
};

}  // namespace

SCENARIO("delivered twice, events show whether a projection minds") {
    projection_spec<newest_deposit>().given("account-ada", deposited{100}).delivered_twice().then_rows(balance{"ada", 100, std::nullopt});
    projection_spec<balances>()
        .given("account-ada", deposited{100})
        .delivered_twice()
        .then_rows(balance{"ada", 200, std::nullopt})
        .given("account-ada", deposited{1})
        .then_rows(balance{"ada", 201, std::nullopt});
}
