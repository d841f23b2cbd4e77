#include <acta/write/aggregate.hpp>

#include "bank.hpp"

#include <doctest/doctest.h>

namespace {

struct quiet {
    static constexpr acta::category category{"quiet"};
    using events = acta::events<bank::deposited>;
    void evolve(const bank::deposited&) noexcept {}
};
struct nameless {
    using events = acta::events<bank::deposited>;
    void evolve(const bank::deposited&) {}
};
struct listless {
    static constexpr acta::category category{"listless"};
    using events = int;
};

}  // namespace

TEST_CASE("an aggregate has a category and a list of events") {
    CHECK(acta::aggregate<bank::account>);
    CHECK_FALSE(acta::aggregate<nameless>);
    CHECK_FALSE(acta::aggregate<listless>);
    CHECK_FALSE(acta::aggregate<bank::deposited>);
}

TEST_CASE("an evolve may be noexcept") {
    CHECK(acta::detail::checked_aggregate<quiet>());
    CHECK(acta::detail::checked_aggregate<bank::account>());
}
