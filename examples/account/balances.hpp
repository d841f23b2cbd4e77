// The balance of every account, as a table. Knows events.hpp alone; its target links acta::read alone.
#pragma once

#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>

#include "events.hpp"

namespace bank {

struct balance {
    std::string account_id{};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account_id", account_id), acta::field("cents", cents));
    }
};

struct balances {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<deposited, withdrawn>;

    acta::table<balance, &balance::account_id> rows{"balance"};  // a real SQLite table, columns from serialize()
    auto tables() { return std::tie(rows); }

    void apply(const acta::recorded<deposited>& e) { rows[e.stream().id()].cents += e->cents; }
    void apply(const acta::recorded<withdrawn>& e) { rows[e.stream().id()].cents -= e->cents; }
};

}  // namespace bank
