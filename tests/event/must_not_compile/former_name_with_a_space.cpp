// expect: a_stored_name_is_1_to_200_letters
#include <acta/event/event.hpp>

struct opened_v1 {
    static constexpr acta::event_type event{"account.opened", 1};
    int owner = 0;
};
struct opened {
    static constexpr acta::event_type event{"account.opened", 2};
#ifdef ACTA_MISTAKE
    static constexpr acta::event_names formerly{"bank opened"};
#else
    static constexpr acta::event_names formerly{"bank.opened"};
#endif
    int owner = 0;
};

using events = acta::events<opened>;
static_assert(events::size == 1);
