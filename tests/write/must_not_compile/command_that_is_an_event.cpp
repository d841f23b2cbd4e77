// expect: error: .*a type is an event or a command, never both
#include <acta/write/command.hpp>

struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
#ifdef ACTA_MISTAKE
    static constexpr acta::event_type event{"account.deposited"};
#endif
};

static_assert(acta::commands<deposit>::size == 1);
