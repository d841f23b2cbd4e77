// expect: a list names current events alone: one of these is upcast into another
#include <acta/event/event.hpp>

struct opened_v1 {
    static constexpr acta::event_type event{"account.opened", 1};
};
struct opened {
    static constexpr acta::event_type event{"account.opened", 2};
    static opened upcast(const opened_v1&) { return {}; }
};

#ifdef ACTA_MISTAKE
using events = acta::events<opened_v1, opened>;
#else
using events = acta::events<opened>;
#endif
static_assert(events::size > 0);
