// Test cases that fail on purpose: check.py holds what is reported against the marks.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <acta/event/codec.hpp>
#include <acta/testing/given.hpp>
#include <acta/testing/projection_spec.hpp>

#include "../balances.hpp"

#include <doctest/doctest.h>

using namespace bank;
using acta::testing::given;
using acta::testing::projection_spec;

ACTA_CODECS(account_events);

// clang-format off
TEST_CASE("another refusal, or none") {
    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 200})
        .then_refused(account_commands::over_the_limit); // fails: expected: / refused: account.over_the_limit, "more than the limit of one withdrawal" / decided: / refused: account.insufficient_funds, "the balance does not cover it"

    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 20})
        .then_refused(account_commands::insufficient_funds); // fails: expected: / refused: account.insufficient_funds, "the balance does not cover it" / decided: / account.withdrawn {"cents":20}
}

TEST_CASE("other events") {
    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 20})
        .then(withdrawn{30}); // fails: expected: / account.withdrawn {"cents":30} / decided: / account.withdrawn {"cents":20}

    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 100})
        .then(withdrawn{100}); // fails: expected: / account.withdrawn {"cents":100} / decided: / account.withdrawn {"cents":100} / account.noted {"text":"emptied"} | with("reason", "all taken")

    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 100})
        .then(withdrawn{100}, noted{"emptied"} | acta::with("reason", "none")); // fails: expected: / account.withdrawn {"cents":100} / account.noted {"text":"emptied"} | with("reason", "none") / decided: / account.withdrawn {"cents":100} / account.noted {"text":"emptied"} | with("reason", "all taken")

    given<account_commands>(opened{"Ada"}).when(withdraw{"ada", 20}).then(withdrawn{20}); // fails: expected: / account.withdrawn {"cents":20} / decided: / refused: account.insufficient_funds, "the balance does not cover it"
}

TEST_CASE("a tag that is missing") {
    given<account_commands>(opened{"Ada"}, deposited{100})
        .when(withdraw{"ada", 20})
        .then(withdrawn{20} | acta::tagged("by", "land")); // fails: expected: / account.withdrawn {"cents":20} | tagged("by", "land") / decided: / account.withdrawn {"cents":20}
}

TEST_CASE("something instead of nothing, and nothing instead of something") {
    given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 20}).then_nothing(); // fails: expected: / nothing / decided: / account.withdrawn {"cents":20}

    given<account_commands>(opened{"Ada"})
        .when(withdraw{"ada", 0})
        .then(withdrawn{0}); // fails: expected: / account.withdrawn {"cents":0} / decided: / nothing
}

/// Counts in a member, which a runner that is opened again does not have.
struct forgetful {
    static constexpr acta::projection_type projection{"forgetful", 1};
    using consumes = acta::events<deposited>;
    acta::table<balance, &balance::account_id> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<deposited>& e) { rows[e.stream().id()].cents = ++seen_; }

private:
    std::int64_t seen_ = 0;
};

TEST_CASE("rows that are others when rebuilt") {
    projection_spec<forgetful> two;
    two.given("account-ada", deposited{1}).given("account-bob", deposited{1});
    two.crash_at_every_commit(); // fails: stopped after commit 1 the rows are others than without: / table balance: 0 rows only rebuilt, 0 only live, 1 differ / live:    {"account_id":"bob","cents":1,"note":null} / rebuilt: {"account_id":"bob","cents":2,"note":null}

    projection_spec<forgetful> eight;
    for (int i = 0; i < 8; ++i) eight.given("account-ada", deposited{1});
    eight.rebuild_equals_live(); // fails: rebuilt the rows are others than live: / table balance: 0 rows only rebuilt, 0 only live, 1 differ / live:    {"account_id":"ada","cents":1,"note":null} / rebuilt: {"account_id":"ada","cents":8,"note":null}
}

struct owner {
    std::string name{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name));
    }
};

TEST_CASE("other rows") {
    projection_spec<balances>()
        .given("account-ada", deposited{100})
        .given("account-bob", deposited{5})
        .then_rows(balance{"bob", 5, "rich"}, balance{"eve", 5, {}}); // fails: expected in the table balance: / {"account_id":"bob","cents":5,"note":"rich"} / {"account_id":"eve","cents":5,"note":null} / found: / {"account_id":"ada","cents":100,"note":null} / {"account_id":"bob","cents":5,"note":null}

    projection_spec<balances>().given("account-ada", deposited{100}).then_no_rows<balance>(); // fails: expected in the table balance: / no rows / found: / {"account_id":"ada","cents":100,"note":null}

    projection_spec<balances>()
        .given("account-ada", opened{"Ada"})
        .then_rows(balance{"ada", 1, {}}); // fails: expected in the table balance: / {"account_id":"ada","cents":1,"note":null} / found: / no rows

    projection_spec<balances>()
        .given("account-ada", opened{"Ada"})
        .then_rows(owner{"Ada"}); // fails: the projection has no table with rows of this type in tables()
}
