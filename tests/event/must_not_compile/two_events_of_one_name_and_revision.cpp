// expect: two events of one list share their stored name and revision
#include <acta/event/event.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
};
struct reopened {
#ifdef ACTA_MISTAKE
    static constexpr acta::event_type event{"account.opened", 1};
#else
    static constexpr acta::event_type event{"account.opened", 2};
#endif
};
inline constexpr auto size = acta::events<opened, reopened>::size;
