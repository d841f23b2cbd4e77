// expect: a list names current events alone: one of these is upcast into another
#include <acta/event/event.hpp>

struct opened_v1 {
    static constexpr acta::event_type event{"account.opened", 1};
};
struct opened {
    static constexpr acta::event_type event{"account.opened", 2};
#ifdef ACTA_MISTAKE
    static opened upcast(const opened_v1&) { return {}; }
#endif
};

using events = acta::events<opened, acta::retired<opened_v1>>;
static_assert(events::size == 2 && events::current::size == 1);
