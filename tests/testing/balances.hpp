// A projection of the bank of the write room's tests.
#pragma once

#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>

#include "write/bank.hpp"

namespace bank {

struct balance {
    std::string account_id{};
    std::int64_t cents = 0;
    std::optional<std::string> note{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account_id", account_id), acta::field("cents", cents), acta::field("note", note));
    }
};

struct balances {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<deposited, withdrawn, noted>;
    acta::table<balance, &balance::account_id> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<deposited>& e) { rows[e.stream().id()].cents += e->cents; }
    void apply(const acta::recorded<withdrawn>& e) { rows[e.stream().id()].cents -= e->cents; }
    void apply(const acta::recorded<noted>& e) { rows[e.stream().id()].note = e->text; }
};

}  // namespace bank
