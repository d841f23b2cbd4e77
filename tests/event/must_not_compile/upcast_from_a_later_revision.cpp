// expect: an upcast goes from a lower revision to a higher one
#include <acta/event/event.hpp>

struct opened_before {
#ifdef ACTA_MISTAKE
    static constexpr acta::event_type event{"account.opened", 2};
#else
    static constexpr acta::event_type event{"account.opened", 1};
#endif
};
struct opened {
    static constexpr acta::event_type event{"account.opened", 2};
    static opened upcast(const opened_before&) { return {}; }
};

using events = acta::events<opened>;
static_assert(events::size == 1);
