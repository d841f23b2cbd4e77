// A fine as its command handlers see it: what decisions need, and no more. Event handlers only.
#pragma once

#include <acta/write/aggregate.hpp>

#include "events.hpp"

namespace traffic {

struct fine {
    static constexpr acta::category category{"fine"};
    using events = fine_events;

    std::int64_t paid_cents = 0;  ///< all payments that were accepted

    void evolve(const payment_received& e) { paid_cents += e.cents; }

    void evolve(const created&) {}
    void evolve(const sent&) {}
    void evolve(const notified&) {}
    void evolve(const penalised&) {}
    void evolve(const total_disputed&) {}
    void evolve(const appeal_dated&) {}
    void evolve(const appeal_sent&) {}
    void evolve(const appeal_result_received&) {}
    void evolve(const offender_notified&) {}
    void evolve(const appealed_to_judge&) {}
    void evolve(const sent_to_collection&) {}
};

}  // namespace traffic
