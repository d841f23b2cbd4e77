// A projection of the small domain, for read models and plugins that go wrong.
#pragma once

#include <acta/read/projection.hpp>
#include <acta/read/sql.hpp>
#include <acta/read/table.hpp>

#include "support/account_events.hpp"

namespace tests {

struct balance {
    std::string account{};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account", account), acta::field("cents", cents));
    }
};

struct balances {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<deposited, withdrawn>;

    acta::table<balance, &balance::account, &balance::cents> rows{"balance"};
    acta::sql journal{"CREATE TABLE IF NOT EXISTS journal (position INTEGER PRIMARY KEY, cents INTEGER NOT NULL) STRICT",
                      "CREATE TABLE IF NOT EXISTS bookings (count INTEGER NOT NULL) STRICT",
                      "CREATE TRIGGER IF NOT EXISTS counting AFTER INSERT ON journal BEGIN INSERT INTO bookings VALUES (1); END",
                      "CREATE VIEW IF NOT EXISTS large AS SELECT * FROM journal WHERE cents > 3"};
    auto tables() { return std::tie(rows, journal); }

    void apply(const acta::recorded<deposited>& e) { book(e.stream(), e.position(), e->cents); }
    void apply(const acta::recorded<withdrawn>& e) { book(e.stream(), e.position(), -e->cents); }

private:
    void book(const acta::stream_name& account, acta::position position, std::int64_t cents) {
        rows[account.id()].cents += cents;
        journal.run("INSERT INTO journal VALUES (?, ?)", position, cents);
    }
};

}  // namespace tests
