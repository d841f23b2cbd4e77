// expect: an event needs `static constexpr acta::event_type event
#include <acta/event/event.hpp>

struct opened {
#ifdef ACTA_MISTAKE
    // it is left out
#else
    static constexpr acta::event_type event{"account.opened", 1};
#endif
};
inline constexpr auto size = acta::events<opened>::size;
