// expect: an event needs `static constexpr acta::event_type event
#include <acta/event/event.hpp>

struct opened {
#ifdef ACTA_MISTAKE
    static constexpr std::string_view event = "account.opened";
#else
    static constexpr acta::event_type event{"account.opened"};
#endif
};
inline constexpr auto size = acta::events<opened>::size;
