// expect: error: .*when..... takes a command that the handler set lists
#include <acta/testing/given.hpp>

#include <string>

struct deposited {
    static constexpr acta::event_type event{"account.deposited"};
};
struct frozen {
    static constexpr acta::event_type event{"account.frozen"};
};
struct account {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
    void evolve(const deposited&) {}
};
struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
    std::string account_id{};
};
struct freeze {
    static constexpr acta::command_type command{"account.freeze"};
    std::string account_id{};
};
struct account_commands {
    using aggregate = account;
    using commands = acta::commands<deposit>;
    static const std::string& id(const auto& command) { return command.account_id; }
    static acta::decision<deposited> decide(const account&, const deposit&) { return deposited{}; }
};

void test() {
#ifdef ACTA_MISTAKE
    (void)acta::testing::given<account_commands>(deposited{}).when(freeze{});
#else
    (void)acta::testing::given<account_commands>(deposited{}).when(deposit{});
#endif
}
