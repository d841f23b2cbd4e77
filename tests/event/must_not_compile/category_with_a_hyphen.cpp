// expect: a_category_holds_no_hyphen
#include <acta/event/event.hpp>

#ifdef ACTA_MISTAKE
inline constexpr acta::category category{"bank-account"};
#else
inline constexpr acta::category category{"bank_account"};
#endif
