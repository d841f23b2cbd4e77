// read_your_write: from sending a command to having read, from a projection's read model, the row that it led to. By hand: the event, the
// row and the reading of it, in one SQLite file and one thread, durable as well.
#include <acta/write/command.hpp>
#include <acta/write/decision.hpp>
#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>
#include <acta/runtime/application.hpp>

#include "bench.hpp"
#include "moved_stores.hpp"

#include <algorithm>
#include <stdexcept>

namespace bench {

namespace {

struct account {
    static constexpr acta::category category{"account"};
    using events = acta::events<moved>;
    void evolve(const moved&) {}
};
struct move_money {
    static constexpr acta::command_type command{"account.move"};
    std::string account{};
    std::int64_t amount = 0;
};
struct account_commands {
    using aggregate = account;
    using commands = acta::commands<move_money>;
    using creates_if_absent = acta::commands<move_money>;
    static const std::string& id(const move_money& command) { return command.account; }
    static acta::decision<moved> decide(const bench::account&, const move_money& c) { return moved{c.account, c.amount, "EUR", "a note"}; }
};
struct balance {
    std::string account{};
    std::int64_t amount = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account", account), acta::field("amount", amount));
    }
};
struct balances {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<moved>;
    acta::table<balance, &balance::account> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<moved>& event) { rows[event->account].amount += event->amount; }
};

/// The median of `times` calls, in microseconds.
template <class Once>
double median_of(std::size_t times, const Once& once) {
    std::vector<double> all;
    for (std::size_t i = 0; i < times; ++i) all.push_back(seconds([&] { once(i); }) * 1e6);
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(times / 2), all.end());
    return all[times / 2];
}

struct both_ways {
    folder in;
    acta::application app{in / "ours.acta"};
    table by_hand{in / "by_hand.db"};
    std::int64_t ours_moved = 0, raw_moved = 0;

    both_ways() {
        app.handle<account_commands>().project<balances>().start();
        by_hand.run(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE event (position INTEGER PRIMARY KEY, payload BLOB NOT NULL); "
            "CREATE TABLE balance (account TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID");
    }
    double ours(std::size_t times) {
        return median_of(times, [&](std::size_t) {
            const acta::outcome done = app.send(move_money{"ada", 1});
            if (app.read<balances>(done)->rows.find("ada")->amount != ++ours_moved) throw std::runtime_error("the row is not the newest");
        });
    }
    double raw(std::size_t times) {
        const auto insert = by_hand.prepare("INSERT INTO event (payload) VALUES (?)");
        const auto upsert =
            by_hand.prepare("INSERT INTO balance VALUES ('ada', 1) ON CONFLICT (account) DO UPDATE SET amount = amount + 1");
        const auto select = by_hand.prepare("SELECT amount FROM balance WHERE account = 'ada'");
        return median_of(times, [&](std::size_t) {
            const std::string payload = portable({"ada", 1, "EUR", "a note"});
            by_hand.run("BEGIN IMMEDIATE");
            sqlite3_bind_blob(insert.get(), 1, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
            by_hand.check(sqlite3_step(insert.get()));
            by_hand.check(sqlite3_step(upsert.get()));
            by_hand.run("COMMIT");
            by_hand.check(sqlite3_step(select.get()));
            if (sqlite3_column_int64(select.get(), 0) != ++raw_moved) throw std::runtime_error("the row is not the newest");
            for (const auto& each : {insert.get(), upsert.get(), select.get()}) sqlite3_reset(each);
        });
    }
};

}  // namespace

row read_your_write_row(bool quick) {
    const auto both = std::make_shared<both_ways>();
    const std::size_t times = quick ? 200 : 1'000;
    return {"read_your_write", "us", 10'000, true, [=] { return both->ours(times); }, [=] { return both->raw(times); }};
}

}  // namespace bench
