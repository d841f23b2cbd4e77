// expect: a_stored_name_is_1_to_200_letters_digits_dots_underscores_hyphens_or_slashes
#include <acta/event/event.hpp>

#ifdef ACTA_MISTAKE
inline constexpr acta::event_type event{"", 1};
#else
inline constexpr acta::event_type event{"a", 1};
#endif
