// expect: error: .*two commands of one list share their stored name
#include <acta/write/command.hpp>

struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
};
struct withdraw {
#ifdef ACTA_MISTAKE
    static constexpr acta::command_type command{"account.deposit"};
#else
    static constexpr acta::command_type command{"account.withdraw"};
#endif
};

static_assert(acta::commands<deposit, withdraw>::size == 2);
