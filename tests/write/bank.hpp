// The little bank that the tests of the write room talk about.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/write/command.hpp>
#include <acta/write/context.hpp>
#include <acta/write/decision.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bank {

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
    std::string owner;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("owner", owner));
    }
};
struct deposited {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
struct withdrawn {
    static constexpr acta::event_type event{"account.withdrawn", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
struct noted {
    static constexpr acta::event_type event{"account.noted", 1};
    std::string text;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("text", text));
    }
};
using account_events = acta::events<opened, deposited, withdrawn, noted>;

struct account {
    static constexpr acta::category category{"account"};
    using events = account_events;
    std::int64_t balance = 0;
    std::string owner{};
    std::string notes{};
    void evolve(const opened& e) { owner = e.owner; }
    void evolve(const deposited& e) { balance += e.cents; }
    void evolve(const withdrawn& e) { balance -= e.cents; }
    void evolve(const noted& e) { notes += e.text; }
};

struct open_account {
    static constexpr acta::command_type command{"account.open"};
    std::string account_id;
    std::string owner;
};
struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
    std::string account_id;
    std::int64_t cents = 0;
};
struct withdraw {
    static constexpr acta::command_type command{"account.withdraw"};
    std::string account_id;
    std::int64_t cents = 0;
};
/// Decided with and without an account: the text says what with.
struct note {
    static constexpr acta::command_type command{"account.note"};
    std::string account_id;
    std::string text;
};

struct account_commands {
    using aggregate = account;
    using commands = acta::commands<open_account, deposit, withdraw, note>;
    using creates_if_absent = acta::commands<note>;
    static constexpr acta::refusal no_owner{"account.no_owner", "an account needs an owner"};
    static constexpr acta::refusal not_positive{"account.not_positive", "the amount must be positive"};
    static constexpr acta::refusal insufficient_funds{"account.insufficient_funds", "the balance does not cover it"};
    static constexpr acta::refusal over_the_limit{"account.over_the_limit", "more than the limit of one withdrawal"};

    std::int64_t limit = 1'000'000;

    static const std::string& id(const auto& command) { return command.account_id; }
    static std::optional<acta::refusal> validate(const deposit& c) {
        if (c.cents <= 0) return not_positive;
        return std::nullopt;
    }

    static acta::decision<opened> decide(const open_account& c) {
        if (c.owner.empty()) return no_owner;
        return opened{c.owner};
    }
    static acta::decision<deposited> decide(const account&, const deposit& c) { return deposited{c.cents}; }
    acta::decision<withdrawn, noted> decide(const account& a, const withdraw& c) const {
        if (c.cents == 0) return acta::nothing;
        if (c.cents > limit) return over_the_limit;
        if (a.balance < c.cents) return insufficient_funds;
        if (a.balance == c.cents) return {withdrawn{c.cents}, noted{"emptied"} | acta::with("reason", "all taken")};
        return withdrawn{c.cents};
    }
    static acta::decision<noted> decide(const account&, const note& c, const acta::context& about) {
        acta::decision<noted> made;
        made.add(noted{c.text + " by " + about.actor() + " at version " + std::to_string(about.version())});
        if (c.text == "ids") made.add(noted{about.new_id()}).add(noted{about.new_id()});
        return made;
    }
};

}  // namespace bank
