// What can be asked of an account, and what is decided. No event handler in sight, and none allowed.
#pragma once

#include <acta/write/handler.hpp>

#include "account.hpp"

#include <array>

namespace bank {

struct open_account {
    static constexpr acta::command_type command{"account.open"};
    std::string account_id{};
    std::string owner{};
};

struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
    std::string account_id{};
    std::int64_t cents = 0;
};

struct withdraw {
    static constexpr acta::command_type command{"account.withdraw"};
    std::string account_id{};
    std::int64_t cents = 0;
};

struct transfer {
    static constexpr acta::command_type command{"account.transfer"};
    std::string from{};
    std::string to{};
    std::int64_t cents = 0;
};

struct account_commands {
    using aggregate = account;
    using commands = acta::commands<open_account, deposit, withdraw, transfer>;
    static constexpr acta::refusal not_positive{"account.not_positive", "the amount must be positive"};
    static constexpr acta::refusal insufficient_funds{"account.insufficient_funds", "the balance does not cover it"};

    static const std::string& id(const auto& command) { return command.account_id; }
    static std::array<std::string, 2> id(const transfer& c) { return {c.from, c.to}; }

    // Without a state: the stream must be new.
    static acta::decision<opened> decide(const open_account& c) { return opened{c.owner}; }

    // With a state: the stream must exist.
    static acta::decision<deposited> decide(const account&, const deposit& c) {
        if (c.cents <= 0) return not_positive;
        return deposited{.cents = c.cents};
    }
    static acta::decision<withdrawn> decide(const account& a, const withdraw& c) {
        if (c.cents <= 0) return not_positive;
        if (a.balance < c.cents) return insufficient_funds;
        return withdrawn{.cents = c.cents};
    }

    // With two states: both streams must exist, and both get their event, or neither.
    static acta::decision<withdrawn, deposited> decide(const account& from, const account&, const transfer& c) {
        if (c.cents <= 0) return not_positive;
        if (from.balance < c.cents) return insufficient_funds;
        return {withdrawn{.cents = c.cents} | acta::to<account>(c.from), deposited{.cents = c.cents} | acta::to<account>(c.to)};
    }
};

}  // namespace bank
