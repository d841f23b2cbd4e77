// expect: error: .*`static constexpr acta::event_names ignores
#include <acta/write/aggregate.hpp>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
};

struct account {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
#ifdef ACTA_MISTAKE
    static constexpr const char* ignores = "account.audited";
#else
    static constexpr acta::event_names ignores{"account.audited"};
#endif
    void evolve(const deposited&) {}
};

static_assert(acta::detail::checked_aggregate<account>());
