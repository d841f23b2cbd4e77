// The projection of the figures about read models: a sum per account; and the same by hand.
#pragma once

#include <acta/store/log.hpp>
#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>

#include "moved_stores.hpp"

namespace bench {

struct account_sum {
    std::string account{};
    std::int64_t amount = 0;
    std::int64_t events = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account", account), acta::field("amount", amount), acta::field("events", events));
    }
};

struct sums_by_account {
    static constexpr acta::projection_type projection{"sums_by_account", 1};
    using consumes = acta::events<moved>;
    acta::table<account_sum, &account_sum::account> rows{"account_sum"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<moved>& event) {
        account_sum& row = rows[event->account];
        row.amount += event->amount;
        ++row.events;
    }
};

/// What one would write by hand: an upsert per event.
class sums_by_hand {
public:
    explicit sums_by_hand(const std::filesystem::path& file);
    void begin() const { table_.run("BEGIN IMMEDIATE"); }
    void commit() const { table_.run("COMMIT"); }
    void apply(const moved& event) const;

private:
    table table_;
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> upsert_{nullptr, &sqlite3_finalize};
};

}  // namespace bench
