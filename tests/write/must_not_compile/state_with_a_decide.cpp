// expect: error: .*an aggregate.s state has no `decide`
#include <acta/write/aggregate.hpp>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
};

struct account {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
#ifdef ACTA_MISTAKE
    void evolve(const deposited&) {}
    void decide(int) {}
#else
    void evolve(const deposited&) {}
#endif
};

static_assert(acta::detail::checked_aggregate<account>());
