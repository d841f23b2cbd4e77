// Projections with faults that a test switches on, for the tests of what happens when one fails.
#pragma once

#include <acta/replay/runner.hpp>

#include "support_files.hpp"

#include <functional>
#include <stdexcept>

namespace poison {

/// Whether `ledger` throws at an event; none: it is mended.
inline std::function<bool(const acta::recorded<bank::deposited>&)>& faulty() {
    static std::function<bool(const acta::recorded<bank::deposited>&)> now;
    return now;
}

/// Throws at deposits of that many cents until the end of the scope.
class deposits_of {
public:
    explicit deposits_of(std::int64_t cents) {
        faulty() = [cents](const acta::recorded<bank::deposited>& e) { return e->cents == cents; };
    }
    deposits_of(const deposits_of&) = delete;
    deposits_of& operator=(const deposits_of&) = delete;
    ~deposits_of() { faulty() = nullptr; }
};

/// What it was told per account, in order, so that an event that was missed, doubled or moved shows.
struct ledger {
    static constexpr acta::projection_type projection{"ledger", 1};
    using consumes = bank::account_events;
    struct row {
        std::string account;
        std::int64_t cents = 0;
        std::int64_t events = 0;
        std::int64_t last_version = 0;
        template <class Archive>
        void serialize(Archive& ar) {
            ar(acta::field("account", account), acta::field("cents", cents), acta::field("events", events),
               acta::field("last_version", last_version));
        }
    };
    acta::table<row, &row::account, &row::cents> rows{"ledger"};
    auto tables() { return std::tie(rows); }

    void apply(const acta::recorded<bank::opened>& e) { book(e.stream(), e.version(), 0); }
    void apply(const acta::recorded<bank::deposited>& e) {
        if (faulty() && faulty()(e)) {
            rows[e.stream().id()].cents = -1'000'000;  // must never be seen
            throw std::runtime_error("no deposit of " + std::to_string(e->cents) + " is possible");
        }
        book(e.stream(), e.version(), e->cents);
    }
    void apply(const acta::recorded<bank::withdrawn>& e) { book(e.stream(), e.version(), -e->cents); }

private:
    void book(const acta::stream_name& account, acta::version version, std::int64_t cents) {
        row& mine = rows[account.id()];
        mine.cents += cents;
        ++mine.events;
        mine.last_version = version;
    }
};

/// The same events counted, never failing; for groups with ledger.
struct counts {
    static constexpr acta::projection_type projection{"counts", 1};
    using consumes = acta::events<bank::deposited>;
    struct row {
        std::string account;
        std::int64_t deposits = 0;
        template <class Archive>
        void serialize(Archive& ar) {
            ar(acta::field("account", account), acta::field("deposits", deposits));
        }
    };
    acta::table<row, &row::account> rows{"deposit_count"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<bank::deposited>& e) { ++rows[e.stream().id()].deposits; }
};

inline acta::runner_options quick(acta::on_failure failing = acta::on_failure::park_stream) {
    return {.failing = failing, .attempts = 2, .back_off = std::chrono::milliseconds(1)};
}

}  // namespace poison
