// expect: share their stored name and revision, or structs that they are upcast from do
#include <acta/event/event.hpp>

struct deposited_v1 {
    static constexpr acta::event_type event{"account.deposited", 1};
};
struct deposited_v1_again {
    static constexpr acta::event_type event{"account.deposited", 1};
};
struct deposited {
    static constexpr acta::event_type event{"account.deposited", 2};
    static deposited upcast(const deposited_v1&) { return {}; }
};
struct fee_charged {
    static constexpr acta::event_type event{"account.fee_charged", 2};
    static constexpr acta::event_names formerly{"account.deposited"};
#ifdef ACTA_MISTAKE
    static fee_charged upcast(const deposited_v1_again&) { return {}; }
#else
    static fee_charged upcast(const deposited_v1&) { return {}; }
#endif
};

using events = acta::events<deposited, fee_charged>;
static_assert(events::size == 2);
