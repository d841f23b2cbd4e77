// expect: a type is an event or a command, never both: an event is a fact, a command is a request
#include <acta/event/event.hpp>

struct open {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    static constexpr int command = 1;
#endif
};
inline constexpr auto size = acta::events<open>::size;
