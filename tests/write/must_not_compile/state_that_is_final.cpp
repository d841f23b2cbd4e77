// expect: error: .*an aggregate's state is a class that is not final
#include <acta/write/aggregate.hpp>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
};

#ifdef ACTA_MISTAKE
#define LAST final
#else
#define LAST
#endif

struct account LAST {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
    void evolve(const deposited&) {}
};

static_assert(acta::detail::checked_aggregate<account>());
