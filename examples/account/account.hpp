// The state of one account, folded from its events. Event handlers only.
#pragma once

#include <acta/write/aggregate.hpp>

#include "events.hpp"

namespace bank {

struct account {
    static constexpr acta::category category{"account"};
    using events = account_events;

    std::int64_t balance = 0;  // cents

    void evolve(const opened&) {}
    void evolve(const deposited& e) { balance += e.cents; }
    void evolve(const withdrawn& e) { balance -= e.cents; }
};

}  // namespace bank
