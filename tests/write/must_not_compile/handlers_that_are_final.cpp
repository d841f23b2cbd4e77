// expect: error: .*a handler set is a class that is not final
#include <acta/write/handler.hpp>

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

#ifdef ACTA_MISTAKE
#define LAST final
#else
#define LAST
#endif

struct account_commands LAST {
    using aggregate = account;
    using commands = acta::commands<deposit>;
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<deposited> decide(const account&, const deposit&) { return deposited{}; }
};

static_assert(acta::detail::checked_handler_set<account_commands>());
