// rebuild.table, rebuild.hot_keys: a read model rebuilt from the first event and put in place, against an upsert per event with a commit
// per 1,000, in WAL mode without waiting for the disk, over the same events read in the same way.
#include <acta/store/sqlite.hpp>
#include <acta/replay/rebuild.hpp>

#include "bench.hpp"
#include "sums_by_account.hpp"

#include <memory>

namespace bench {

sums_by_hand::sums_by_hand(const std::filesystem::path& file) : table_(file) {
    table_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536");
    table_.run("CREATE TABLE account_sum (account TEXT PRIMARY KEY, amount INTEGER NOT NULL, events INTEGER NOT NULL) WITHOUT ROWID");
    upsert_ = table_.prepare("INSERT INTO account_sum VALUES (?, ?, 1) ON CONFLICT (account) DO UPDATE SET amount = amount + "
                             "excluded.amount, events = events + 1");
}

void sums_by_hand::apply(const moved& event) const {
    sqlite3_bind_text(upsert_.get(), 1, event.account.data(), static_cast<int>(event.account.size()), SQLITE_STATIC);
    sqlite3_bind_int64(upsert_.get(), 2, event.amount);
    table_.check(sqlite3_step(upsert_.get()));
    sqlite3_reset(upsert_.get());
}

namespace {

/// Events of so many accounts, in no order that a table would like.
struct moves {
    folder in;
    acta::sqlite_log log{in / "moves.acta"};
    std::int64_t events;
    int runs = 0;

    moves(std::int64_t count, std::int64_t accounts) : events(count) {
        std::vector<acta::append_request> chunk;
        for (std::int64_t i = 0; i < events; i += 10) {
            std::vector<acta::new_event> some;
            for (std::int64_t k = i; k < i + 10; ++k) {
                moved event = example(k);
                event.account = "account-" + std::to_string(k * 2'654'435'761 % accounts);
                some.emplace_back(std::move(event));
            }
            chunk.push_back({{{acta::stream_name("moves", std::to_string(i % 1'000)), acta::any, std::move(some)}}, {}});
            if (chunk.size() < 1'000 && i + 10 < events) continue;
            for (const acta::append_result& each : log.append_all(chunk)) each.value();
            chunk.clear();
        }
    }

    double rebuild_ours() {
        const auto file = in / "ours.db";
        const acta_projection& projection = acta::abi_of<sums_by_account>();
        const double took = seconds([&] { acta::rebuild(log, file, projection).replace(); });
        if (acta::inspect_read_model(file).checkpoint->position != events) throw std::runtime_error("the rebuild is not complete");
        return static_cast<double>(events) / took;
    }
    /// Of a part, since it takes that long.
    double upsert_by_hand() {
        const std::int64_t part = events / 5;
        const sums_by_hand into(in / ("by_hand" + std::to_string(++runs) + ".db").c_str());
        const auto& codec = acta::codec_of<moved>();
        moved event;
        std::int64_t done = 0;
        const double took = seconds([&] {
            into.begin();
            for (const acta::stored_event& stored : log.read({.until = part})) {
                codec.decode(stored.payload, &event);
                into.apply(event);
                if (++done % 1'000 == 0) into.commit(), into.begin();
            }
            into.commit();
        });
        return static_cast<double>(part) / took;
    }
};

row rebuild_row(const char* name, std::int64_t events, std::int64_t accounts, double goal, bool absolute) {
    const auto both = std::make_shared<moves>(events, accounts);
    return {name, "/s", goal, absolute, [both] { return both->rebuild_ours(); }, [both] { return both->upsert_by_hand(); }};
}

}  // namespace

row rebuild_table_row(bool quick) { return rebuild_row("rebuild.table", quick ? 500'000 : 2'000'000, 100'000, 10, false); }
row rebuild_hot_keys_row(bool quick) { return rebuild_row("rebuild.hot_keys", quick ? 500'000 : 2'000'000, 100, 1e6, true); }

}  // namespace bench
