// expect: (error|note): .*a_refusal_needs_a_sentence
#include <acta/write/decision.hpp>

#ifdef ACTA_MISTAKE
inline constexpr acta::refusal refusal{"account.no", ""};
#else
inline constexpr acta::refusal refusal{"account.no", "not today"};
#endif
