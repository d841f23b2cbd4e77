// expect: an upcast goes from a lower revision to a higher one
#include <acta/event/event.hpp>

struct opened_v1 {
#ifdef ACTA_MISTAKE
    static constexpr acta::event_type event{"account.opened", 5};
#else
    static constexpr acta::event_type event{"account.opened", 1};
#endif
};
struct opened_v2 {
    static constexpr acta::event_type event{"account.opened", 2};
    static opened_v2 upcast(const opened_v1&) { return {}; }
};
struct opened {
    static constexpr acta::event_type event{"account.opened", 3};
    static opened upcast(const opened_v2&) { return {}; }
};

using events = acta::events<opened>;
static_assert(events::size == 1);
