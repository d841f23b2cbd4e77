// expect: a_revision_starts_at_1
#include <acta/event/event.hpp>

#ifdef ACTA_MISTAKE
inline constexpr acta::event_type event{"account.opened", 0};
#else
inline constexpr acta::event_type event{"account.opened", 1};
#endif
