// expect: error: .*a `boundary` is not exactly `static acta::query boundary.const C&.`
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
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<deposited> decide(const account&, const deposit&) { return deposited{}; }
#ifdef ACTA_MISTAKE
    static acta::query_item boundary(const deposit&) { return {}; }
#else
    static acta::query boundary(const deposit&) { return {}; }
#endif
};

static_assert(acta::detail::checked_handler_set<account_commands>());
