// expect: an event must be default constructible: give every field an initialiser
#include <acta/event/event.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    explicit opened(int) {}
#endif
};
inline constexpr auto size = acta::events<opened>::size;
