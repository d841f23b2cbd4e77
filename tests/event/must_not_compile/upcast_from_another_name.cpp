// expect: of the same name, or of one that the new struct's `formerly` names
#include <acta/event/event.hpp>

struct deposited_v1 {
    static constexpr acta::event_type event{"account.deposited", 1};
};
struct fee_charged {
    static constexpr acta::event_type event{"account.fee_charged", 2};
#ifdef ACTA_MISTAKE
#else
    static constexpr acta::event_names formerly{"account.deposited"};
#endif
    static fee_charged upcast(const deposited_v1&) { return {}; }
};

using events = acta::events<fee_charged>;
static_assert(events::size == 1);
