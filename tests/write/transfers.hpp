// Commands on more than one stream: money moved between two accounts, and names that are given once.
#pragma once

#include <acta/store/condition.hpp>
#include <acta/write/destination.hpp>

#include "bank.hpp"

#include <array>
#include <set>

namespace bank {

struct transfer {
    static constexpr acta::command_type command{"account.transfer"};
    std::string from;
    std::string to;
    std::int64_t cents = 0;
};
/// What three accounts have together: nothing is recorded, or a note with the first.
struct audit {
    static constexpr acta::command_type command{"account.audit"};
    std::array<std::string, 3> accounts;
    std::int64_t expected = 0;
};
/// Sends an event to an account that it has not looked at.
struct misdirect {
    static constexpr acta::command_type command{"account.misdirect"};
    std::string account_id;
    std::string elsewhere;
};

struct transfer_commands {
    using aggregate = account;
    using commands = acta::commands<transfer, audit, misdirect>;
    static constexpr acta::refusal insufficient_funds{"account.insufficient_funds", "the balance does not cover it"};
    static constexpr acta::refusal differs{"account.differs", "they have something else together"};

    static std::array<std::string, 2> id(const transfer& c) { return {c.from, c.to}; }
    static const std::array<std::string, 3>& id(const audit& c) { return c.accounts; }
    static const std::string& id(const misdirect& c) { return c.account_id; }

    static acta::decision<withdrawn, deposited> decide(const account& from, const account&, const transfer& c) {
        if (from.balance < c.cents) return insufficient_funds;
        return {withdrawn{c.cents} | acta::to<account>(c.from), deposited{c.cents} | acta::to<account>(c.to)};
    }
    static acta::decision<noted> decide(const account& a, const account& b, const account& c, const audit& command,
                                        const acta::context& about) {
        if (a.balance + b.balance + c.balance != command.expected) return differs;
        return noted{"audited at " + std::to_string(about.version())};
    }
    static acta::decision<noted> decide(const account&, const misdirect& c) { return noted{"lost"} | acta::to<account>(c.elsewhere); }
};

/// A name that nobody else has: an event of one stream that no event of any stream may precede.
struct name_taken {
    static constexpr acta::event_type event{"user.name_taken", 1};
    std::string name;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name));
    }
    std::vector<acta::tag> tags() const { return {acta::tag("name", name)}; }
};
struct name_freed {
    static constexpr acta::event_type event{"user.name_freed", 1};
    std::string name;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name));
    }
    std::vector<acta::tag> tags() const { return {acta::tag("name", name)}; }
};
using name_events = acta::events<name_taken, name_freed>;

struct names_in_use {
    static constexpr acta::category category{"user"};
    using events = name_events;
    std::set<std::string> names{};
    void evolve(const name_taken& e) { names.insert(e.name); }
    void evolve(const name_freed& e) { names.erase(e.name); }
};
struct take_name {
    static constexpr acta::command_type command{"user.take_name"};
    std::string user_id;
    std::string name;
};
struct name_commands {
    using aggregate = names_in_use;
    using commands = acta::commands<take_name>;
    static constexpr acta::refusal taken{"user.name_taken", "somebody has that name"};

    static const std::string& id(const take_name& c) { return c.user_id; }
    static acta::query boundary(const take_name& c) { return {{acta::matching(acta::tag("name", c.name))}}; }
    static acta::decision<name_taken> decide(const names_in_use& now, const take_name& c) {
        if (now.names.contains(c.name)) return taken;
        if (c.name.empty()) return acta::nothing;
        return name_taken{c.name};
    }
};

}  // namespace bank
