// expect: error: .*an event of an aggregate.s list has no `evolve`
#include <acta/write/load.hpp>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
};

struct account {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
#ifdef ACTA_MISTAKE
    void evolve(int) {}
#else
    void evolve(const deposited&) {}
#endif
};

bool there(const acta::log& log) { return acta::load<account>(log, "ada").has_value(); }
