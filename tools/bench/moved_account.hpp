// An account that is folded from moved events, with snapshots and without.
#pragma once

#include <acta/write/aggregate.hpp>

#include "moved_event.hpp"

namespace bench {

struct moved_account {
    static constexpr acta::category category{"account"};
    using events = acta::events<moved>;
    using snapshots = acta::every<500>;
    std::int64_t amount = 0;
    std::string currency{};
    void evolve(const moved& e) { amount += e.amount, currency = e.currency; }
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("amount", amount), acta::field("currency", currency));
    }
};

struct replayed_account {
    static constexpr acta::category category{"account"};
    using events = acta::events<moved>;
    std::int64_t amount = 0;
    std::string currency{};
    void evolve(const moved& e) { amount += e.amount, currency = e.currency; }
};

}  // namespace bench
