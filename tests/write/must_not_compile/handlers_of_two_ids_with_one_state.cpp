// expect: error: .*where `id` returns several ids, it takes as many states|error: .*has no `decide`
#include <acta/write/handler.hpp>

#include <array>
#include <string>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
};
struct account {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
    void evolve(const deposited&) {}
};
struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
    std::string account_id;
};

struct account_commands {
    using aggregate = account;
    using commands = acta::commands<deposit>;
    static std::array<std::string, 2> id(const deposit& command) { return {command.account_id, command.account_id}; }
#ifdef ACTA_MISTAKE
    static acta::decision<deposited> decide(const account&, const deposit&) { return deposited{}; }
#else
    static acta::decision<deposited> decide(const account&, const account&, const deposit&) { return deposited{}; }
#endif
};

static_assert(acta::detail::checked_handler_set<account_commands>());
