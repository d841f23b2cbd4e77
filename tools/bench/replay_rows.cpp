// replay.rows: events folded into the rows of a table in memory, written to SQL at the end, against a scan by hand that decodes with
// cereal from a string stream into a hash map and upserts what that holds: rows shall cost no more than a map of one's own.
#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>
#include <acta/replay/fold.hpp>

#include "bench.hpp"
#include "moved_stores.hpp"

#include <stdexcept>
#include <unordered_map>

namespace bench {

namespace {

struct balance {
    std::string account{};
    std::int64_t amount = 0;
    std::int64_t moves = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account", account), acta::field("amount", amount), acta::field("moves", moves));
    }
};

struct balances {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<moved>;
    acta::table<balance, &balance::account> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<moved>& event) {
        balance& row = rows[event->account];
        row.amount += event->amount;
        ++row.moves;
    }
};

double per_second(const moved_stores& both, std::int64_t moves, double took) {
    if (moves != both.events) throw std::runtime_error("the rows are wrong");
    return static_cast<double>(both.events) / took;
}

double fold_ours(const moved_stores& both) {
    balances projection;
    std::int64_t moves = 0;
    const double took = seconds([&] {
        acta::fold(both.log, projection);
        for (const balance& row : projection.rows) moves += row.moves;
    });
    return per_second(both, moves, took);
}

double fold_by_hand(const moved_stores& both) {
    std::int64_t moves = 0;
    const double took = seconds([&] {
        std::unordered_map<std::string, balance> rows;
        both.scan([&](const moved& event, const std::string&) {
            balance& row = rows[event.account];
            row.amount += event.amount;
            ++row.moves;
        });
        const table into(":memory:");
        into.run("CREATE TABLE balance (account TEXT PRIMARY KEY, amount INTEGER NOT NULL, moves INTEGER NOT NULL) WITHOUT ROWID; BEGIN");
        const auto put = into.prepare("INSERT OR REPLACE INTO balance VALUES (?, ?, ?)");
        for (const auto& [account, row] : rows) {
            sqlite3_bind_text(put.get(), 1, account.data(), static_cast<int>(account.size()), SQLITE_STATIC);
            sqlite3_bind_int64(put.get(), 2, row.amount);
            sqlite3_bind_int64(put.get(), 3, row.moves);
            into.check(sqlite3_step(put.get()));
            sqlite3_reset(put.get());
        }
        into.run("COMMIT");
        const auto sum = into.prepare("SELECT sum(moves) FROM balance");
        into.check(sqlite3_step(sum.get()));
        moves = sqlite3_column_int64(sum.get(), 0);
    });
    return per_second(both, moves, took);
}

}  // namespace

row replay_rows_row(bool quick) {
    const moved_stores& both = stores(quick);
    return {"replay.rows", "/s", 1, false, [&] { return fold_ours(both); }, [&] { return fold_by_hand(both); }};
}

}  // namespace bench
