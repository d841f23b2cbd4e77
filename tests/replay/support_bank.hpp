// A small domain for the tests of read and replay: accounts that are opened, paid into, drawn from and renamed.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/read/projection.hpp>
#include <acta/read/sql.hpp>
#include <acta/read/table.hpp>

#include <cstdint>
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

using account_events = acta::events<opened, deposited, withdrawn>;

namespace otherwise {
/// The same stored name and revision with other fields, as a careless change of the domain makes it.
struct deposited {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::string cents;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
using events = acta::events<deposited>;
}  // namespace otherwise

namespace later {
struct deposited {
    static constexpr acta::event_type event{"account.deposited", 2};
    std::string amount;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("amount", amount));
    }
};
using events = acta::events<deposited>;
}  // namespace later

struct balance {
    std::string account_id;
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account_id", account_id), acta::field("cents", cents));
    }
};

struct owner {
    std::string name;
    std::int64_t accounts = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name), acta::field("accounts", accounts));
    }
};

/// Two typed tables and one of its own; compiled into the tests and, from the same source, into a plugin.
struct balances {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = account_events;
    using from = acta::categories<"account">;

    acta::table<balance, &balance::account_id> rows{"balance"};
    acta::table<owner, &owner::name, &owner::accounts> owners{"owner"};
    acta::sql journal{
        "CREATE TABLE IF NOT EXISTS journal (position INTEGER PRIMARY KEY, account TEXT NOT NULL, cents INTEGER NOT NULL) STRICT",
        "CREATE INDEX IF NOT EXISTS journal_account ON journal (account)"};
    auto tables() { return std::tie(rows, owners, journal); }

    void apply(const acta::recorded<opened>& e) {
        rows[e.stream().id()];
        ++owners[e->owner].accounts;
    }
    void apply(const acta::recorded<deposited>& e) { book(e.stream(), e.position(), e->cents); }
    void apply(const acta::recorded<withdrawn>& e) { book(e.stream(), e.position(), -e->cents); }

private:
    void book(const acta::stream_name& account, acta::position position, std::int64_t cents) {
        rows[account.id()].cents += cents;
        journal.run("INSERT INTO journal VALUES (?, ?, ?)", position, account.id(), cents);
    }
};

}  // namespace bank
