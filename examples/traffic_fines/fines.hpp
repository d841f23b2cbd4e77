// The projection: what is owed on each fine and where it stands, and the sums of each year.
#pragma once

#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>

#include "events.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

namespace traffic {

/// What happened last to a fine, of what moves it on; results of appeals and their notifications do not.
enum class fine_status : std::uint8_t { created, sent, notified, penalised, appealed, paid, in_collection };

constexpr auto acta_names(fine_status) {
    using enum fine_status;
    using name = std::pair<fine_status, std::string_view>;
    return std::array{name{created, "created"},   name{sent, "sent"}, name{notified, "notified"},          name{penalised, "penalised"},
                      name{appealed, "appealed"}, name{paid, "paid"}, name{in_collection, "in_collection"}};
}

struct fine_row {
    std::string case_id{};
    std::int32_t year = 0;  ///< in which it was created
    fine_status status = fine_status::created;
    std::int64_t amount_cents = 0;  ///< the newest one
    std::int64_t expense_cents = 0;
    std::int64_t paid_cents = 0;
    std::int64_t outstanding_cents = 0;
    std::int64_t events = 0;

    std::int64_t owed_cents() const { return amount_cents + expense_cents; }

    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("case_id", case_id), acta::field("year", year), acta::field("status", status),
           acta::field("amount_cents", amount_cents), acta::field("expense_cents", expense_cents), acta::field("paid_cents", paid_cents),
           acta::field("outstanding_cents", outstanding_cents), acta::field("events", events));
    }
};

/// The sums over the fines that were created in a year.
struct year_row {
    std::int32_t year = 0;
    std::int64_t fines = 0;
    std::int64_t paid_cents = 0;
    std::int64_t outstanding_cents = 0;

    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("year", year), acta::field("fines", fines), acta::field("paid_cents", paid_cents),
           acta::field("outstanding_cents", outstanding_cents));
    }
};

struct fines {
    static constexpr acta::projection_type projection{"traffic_fines", 1};
    using consumes = fine_events;
    using from = acta::categories<"fine">;

    acta::table<fine_row, &fine_row::case_id> fine{"fine"};
    acta::table<year_row, &year_row::year> year{"year"};
    auto tables() { return std::tie(fine, year); }

    void apply(const acta::recorded<created>& e) {
        fine_row& row = fine[e.stream().id()];
        row.year = e->when.year();
        row.amount_cents = e->amount_cents;
        ++year[row.year].fines;
        count(row);
    }
    void apply(const acta::recorded<sent>& e) {
        fine_row& row = moved_on(e.stream(), fine_status::sent);
        row.expense_cents += e->expense_cents;
        count(row);
    }
    void apply(const acta::recorded<penalised>& e) {
        fine_row& row = moved_on(e.stream(), fine_status::penalised);
        row.amount_cents = e->amount_cents;
        count(row);
    }
    void apply(const acta::recorded<payment_received>& e) {
        fine_row& row = fine.edit(e.stream().id());
        row.paid_cents += e->cents;
        year[row.year].paid_cents += e->cents;
        if (row.paid_cents >= row.owed_cents()) row.status = fine_status::paid;
        count(row);
    }

    void apply(const acta::recorded<notified>& e) { count(moved_on(e.stream(), fine_status::notified)); }
    void apply(const acta::recorded<appeal_dated>& e) { count(moved_on(e.stream(), fine_status::appealed)); }
    void apply(const acta::recorded<appeal_sent>& e) { count(moved_on(e.stream(), fine_status::appealed)); }
    void apply(const acta::recorded<appealed_to_judge>& e) { count(moved_on(e.stream(), fine_status::appealed)); }
    void apply(const acta::recorded<sent_to_collection>& e) { count(moved_on(e.stream(), fine_status::in_collection)); }

    void apply(const acta::recorded<total_disputed>& e) { count(fine.edit(e.stream().id())); }
    void apply(const acta::recorded<appeal_result_received>& e) { count(fine.edit(e.stream().id())); }
    void apply(const acta::recorded<offender_notified>& e) { count(fine.edit(e.stream().id())); }

private:
    fine_row& moved_on(const acta::stream_name& stream, fine_status to) {
        fine_row& row = fine.edit(stream.id());
        row.status = to;
        return row;
    }
    /// Ends each event: the row counts it, and what is outstanding follows from the rest of the row.
    void count(fine_row& row) {
        ++row.events;
        const std::int64_t before = std::exchange(row.outstanding_cents, std::max<std::int64_t>(0, row.owed_cents() - row.paid_cents));
        if (row.outstanding_cents != before) year[row.year].outstanding_cents += row.outstanding_cents - before;
    }
};

}  // namespace traffic
