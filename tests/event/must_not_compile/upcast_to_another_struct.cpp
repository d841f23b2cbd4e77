// expect: an upcast is exactly `static New upcast\(const Old&\)`
#include <acta/event/event.hpp>

struct opened_v1 {
    static constexpr acta::event_type event{"account.opened", 1};
    int owner = 0;
};
struct opened {
    static constexpr acta::event_type event{"account.opened", 2};
#ifdef ACTA_MISTAKE
    static opened_v1 upcast(const opened_v1&) { return {}; }
#else
    static opened upcast(const opened_v1&) { return {}; }
#endif
    int owner = 0;
};

using events = acta::events<opened>;
static_assert(events::size == 1);
