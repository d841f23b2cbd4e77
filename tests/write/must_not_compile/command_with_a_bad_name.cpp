// expect: (error|note): .*a_stored_name_is_1_to_200_letters_digits
#include <acta/write/command.hpp>

#ifdef ACTA_MISTAKE
inline constexpr acta::command_type command{"account deposit"};
#else
inline constexpr acta::command_type command{"account.deposit"};
#endif
