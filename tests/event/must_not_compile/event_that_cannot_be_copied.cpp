// expect: an event must be copyable: it is a plain value
#include <acta/event/event.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    opened() = default;
    opened(opened&&) = default;
#endif
};
inline constexpr auto size = acta::events<opened>::size;
