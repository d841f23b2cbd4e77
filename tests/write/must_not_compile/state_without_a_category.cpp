// expect: error: .*an aggregate needs `static constexpr acta::category category
#include <acta/write/handler.hpp>

#include <string>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
};
struct account {
#ifdef ACTA_MISTAKE
    static constexpr const char* name = "account";
#else
    static constexpr acta::category category{"account"};
#endif
    using events = acta::events<deposited>;
    void evolve(const deposited&) {}
};
struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
    std::string account_id{};
};

struct account_commands {
    using aggregate = account;
    using commands = acta::commands<deposit>;
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<deposited> decide(const deposit&) { return deposited{}; }
};

static_assert(acta::detail::checked_handler_set<account_commands>());
