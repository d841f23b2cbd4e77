// expect: error: .*a type is an event or a command, never both
#include <acta/write/command.hpp>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
#ifdef ACTA_MISTAKE
    static constexpr acta::command_type command{"account.deposit"};
#endif
};

static_assert(acta::events<deposited>::size == 1);
