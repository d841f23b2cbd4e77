#include "bank.hpp"

#include <doctest/doctest.h>

using namespace bank;
using decided = acta::decision<deposited, withdrawn>;
constexpr acta::refusal no{"account.no", "not today"};

namespace {

std::int64_t cents_of(const decided::value& value) {
    return std::visit([](const auto& one) { return one.event.cents; }, value);
}

decided answer(int which) {
    switch (which) {
    case 0: return acta::nothing;
    case 1: return deposited{1};
    case 2: return {deposited{1}, withdrawn{2}};
    case 3: return {deposited{1}, deposited{2}, deposited{3}};
    case 4: return withdrawn{4} | acta::with("reason", "fee");
    case 5: return {withdrawn{5} | acta::with("reason", "fee"), deposited{6}};
    case 6: return no;
    default: return {};
    }
}

}  // namespace

TEST_CASE("a decision is made from whatever a decide returns") {
    CHECK(answer(0).events().empty());
    CHECK_FALSE(answer(0).refused());
    CHECK(answer(7).events().empty());
    CHECK_FALSE(answer(7).refused());

    REQUIRE(answer(1).events().size() == 1);
    CHECK(std::get<0>(answer(1).events()[0]).event.cents == 1);

    const decided two = answer(2);
    REQUIRE(two.events().size() == 2);
    CHECK(std::holds_alternative<acta::annotated<deposited>>(two.events()[0]));
    CHECK(std::holds_alternative<acta::annotated<withdrawn>>(two.events()[1]));
    CHECK(cents_of(two.events()[1]) == 2);

    const decided three = answer(3);
    REQUIRE(three.events().size() == 3);
    CHECK(cents_of(three.events()[2]) == 3);
}

TEST_CASE("an annotated event keeps what is recorded beside it") {
    const decided one = answer(4);
    REQUIRE(one.events().size() == 1);
    CHECK(std::get<1>(one.events()[0]).metadata.find("reason") == "fee");

    const decided two = answer(5);
    REQUIRE(two.events().size() == 2);
    CHECK(std::get<1>(two.events()[0]).metadata.find("reason") == "fee");
    CHECK(std::get<0>(two.events()[1]).metadata.empty());
}

TEST_CASE("a refusal carries its code and sentence, and no events") {
    const decided refused = answer(6);
    CHECK(refused.refused());
    CHECK(refused.refusal() == no);
    CHECK(refused.refusal()->code == "account.no");
    CHECK(refused.refusal()->sentence == "not today");
    CHECK(refused.events().empty());
    CHECK(no != acta::already_exists);
}

TEST_CASE("a decision can be built up, but not behind a refusal") {
    decided made;
    made.add(deposited{1}).add(withdrawn{2} | acta::with("reason", "fee"));
    CHECK(made.events().size() == 2);

    decided refused = no;
    CHECK_THROWS_WITH_AS(refused.add(deposited{1}), "an event was added to a decision that refuses: a refusal records nothing",
                         acta::failure);
}
