// Kill -9 elsewhere than in an append: while a store is made, while snapshots are kept, and while an application fills its read models.
#include <acta/event/codec.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>
#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>
#include <acta/replay/reading.hpp>
#include <acta/runtime/application.hpp>

#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support/reading.hpp"
#include "support/temporary.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

const std::vector<std::string> nothing_found;

/// An account, as it is folded with snapshots, and without where they are void.
template <class Snapshots>
struct account_with {
    static constexpr acta::category category{"account"};
    using events = acta::events<deposited>;
    using snapshots = Snapshots;
    std::int64_t cents = 0;
    std::int64_t deposits = 0;
    void evolve(const deposited& e) { cents += e.cents, ++deposits; }
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents), acta::field("deposits", deposits));
    }
    bool operator==(const auto& other) const { return cents == other.cents && deposits == other.deposits; }
};
using plain_account = account_with<void>;
using kept_account = account_with<every<3>>;

struct deposit {
    static constexpr command_type command{"account.deposit"};
    std::string account_id{};
    std::int64_t cents = 0;
};
struct kept_account_commands {
    using aggregate = kept_account;
    using commands = acta::commands<deposit>;
    using creates_if_absent = acta::commands<deposit>;
    static const std::string& id(const deposit& c) { return c.account_id; }
    static decision<deposited> decide(const kept_account&, const deposit& c) { return deposited{c.cents}; }
};

/// What a projection was told of each account, so that an event that was missed or doubled shows.
struct ledger {
    static constexpr projection_type projection{"ledger", 1};
    using consumes = acta::events<deposited>;
    struct row {
        std::string account{};
        std::int64_t cents = 0;
        std::int64_t deposits = 0;
        template <class Archive>
        void serialize(Archive& ar) {
            ar(acta::field("account", account), acta::field("cents", cents), acta::field("deposits", deposits));
        }
    };
    table<row, &row::account> rows{"ledger"};
    auto tables() { return std::tie(rows); }
    void apply(const recorded<deposited>& e) {
        row& mine = rows[e.stream().id()];
        mine.cents += e->cents, ++mine.deposits;
    }
};

/// Its effect outside is a line in the pipe.
struct reports {
    static constexpr reaction_type reaction{"reports"};
    using consumes = acta::events<deposited>;
    const child::voice* to = nullptr;
    void react(const recorded<deposited>& e) { to->tell("reacted " + std::to_string(e.position())); }
};

using balances = std::map<std::string, plain_account>;

balances in_events(const acta::log& log, position until) {
    balances out;
    for (const stored_event& each : log.read({.until = until})) {
        deposited event;
        codec_of<deposited>().decode(each.payload, &event);
        out[std::string(each.stream.substr(each.stream.find('-') + 1))].evolve(event);
    }
    return out;
}

/// Sends deposits to five accounts from four threads until the process is killed.
template <class Send>
[[noreturn]] void deposit_for_ever(const Send& send) {
    std::vector<std::jthread> threads;
    for (std::int64_t thread = 0; thread < 4; ++thread)
        threads.emplace_back([&send, thread] {
            for (std::int64_t cents = thread;; cents += 4) send(std::to_string(cents % 5), cents);
        });
    for (;;) ::pause();
}

std::int64_t number_behind(const std::string& line, std::string_view word) {
    return line.starts_with(word) ? std::stoll(line.substr(word.size())) : 0;
}

/// A store whose snapshots are kept by processes that are killed.
class store_with_snapshots {
public:
    void live_and_die(std::chrono::microseconds after) {
        child writer([&](const child::voice& parent) -> int {
            sqlite_log log(file_, {.checkpoint_pages = 20});
            dispatcher dispatch(log);
            dispatch.handle<kept_account_commands>();
            deposit_for_ever([&](const std::string& id, std::int64_t cents) {
                parent.tell(id + " " + std::to_string(dispatch.send(deposit{id, cents}).version()));
            });
        });
        const auto hear = [&](const std::string& line) {
            version& newest = told_[line.substr(0, 1)];
            newest = std::max(newest, number_behind(line, line.substr(0, 2)));
        };
        REQUIRE(writer.hear_and_kill(after, hear) == 128 + SIGKILL);
    }

    void check() {
        const sqlite_log log(file_);
        for (const auto& [id, by_events] : in_events(log, log.head())) {
            CAPTURE(id);
            const auto now = load<kept_account>(log, id);
            REQUIRE(now->version == by_events.deposits);
            REQUIRE(now->version >= told_[id]);
            REQUIRE(now->state == by_events);
            check_snapshot(log, id, now->version);
        }
    }
    void verify() const { REQUIRE(sqlite_log(file_).verify().findings == nothing_found); }

    std::uint64_t renewed = 0;

private:
    void check_snapshot(const acta::log& log, const std::string& id, version newest) {
        const auto one = log.find_snapshot(account(id));
        REQUIRE((one || kept_[id] == 0));
        if (!one) return;
        REQUIRE(one->version >= kept_[id]);
        REQUIRE(one->version < newest);  // it was kept with an append behind it
        renewed += one->version > kept_[id];
        kept_[id] = one->version;
        kept_account state;
        state_codec_of<kept_account>().decode(one->data, &state);
        const auto then = load<plain_account>(log, id, one->version);
        REQUIRE(state == then->state);
        REQUIRE(one->position == then->position);
    }

    folder here_;
    std::filesystem::path file_ = here_ / "bank.acta";
    std::map<std::string, version> told_;  // of each account, acknowledged
    std::map<std::string, version> kept_;  // of each account, by the snapshot
};

/// Applications that append, project and react in one process, and are killed, one after the other.
class deadly_application {
public:
    void live_and_die(std::chrono::microseconds after) {
        child runs([&](const child::voice& parent) -> int {
            application app(file_, {.store = {.checkpoint_pages = 20}});
            const auto told = start(app, parent);
            deposit_for_ever([&](const std::string& id, std::int64_t cents) {
                const auto answer = app.log().append(account(id), any, {deposited{cents}});
                parent.tell("stored " + std::to_string(answer->last_position));
            });
        });
        REQUIRE(runs.hear_and_kill(after, [&](const std::string& line) { hear(line); }) == 128 + SIGKILL);
    }

    /// Rows and checkpoint belong together, and to what is stored. Answers how many events they are behind.
    position check() const {
        if (!std::filesystem::exists(model_)) return 0;
        const sqlite_log log(file_);
        REQUIRE(log.head() >= stored_);
        const auto at = inspect_read_model(model_).checkpoint;
        if (!at) return 0;
        REQUIRE(at->position <= log.head());
        REQUIRE(at->position >= applied_);
        REQUIRE(at->entry_checksum == log.checksum_at(at->position).value_or(0));
        REQUIRE((rows() == in_events(log, at->position)));
        return log.head() - at->position;
    }

    /// One that nobody kills brings all to an end.
    void check_end() {
        child last([&](const child::voice& parent) {
            application app(file_);
            const auto told = start(app, parent);
            return app.wait_for<ledger>(app.log().head(), 30s) && app.wait_for<reports>(app.log().head(), 30s) ? 0 : 1;
        });
        while (const auto line = last.hear()) hear(*line);
        REQUIRE(last.wait() == 0);
        REQUIRE(check() == 0);
        const sqlite_log log(file_);
        for (position each = 1; each <= log.head(); ++each) REQUIRE(reacted_.contains(each));
        REQUIRE(*reacted_.rbegin() == log.head());
        REQUIRE(log.verify().findings == nothing_found);
        events += static_cast<std::size_t>(log.head());
        reactions += reacted_.size();
    }

    std::size_t events = 0, reactions = 0;

private:
    static scoped_connection start(application& app, const child::voice& parent) {
        app.project<ledger>().react(reports{&parent}, react_from::beginning);
        auto told = app.on_progress([&parent](const projection_progress& now) {
            if (now.name == "ledger") parent.tell("applied " + std::to_string(now.reached.position));
        });
        app.start();
        return told;
    }
    void hear(const std::string& line) {
        stored_ = std::max(stored_, number_behind(line, "stored "));
        applied_ = std::max(applied_, number_behind(line, "applied "));
        if (const position at = number_behind(line, "reacted ")) reacted_.insert(at);
    }
    balances rows() const {
        balances out;
        const reading<ledger> now(model_);
        for (const ledger::row& each : now->rows) out[each.account] = {each.cents, each.deposits};
        return out;
    }

    folder here_;
    std::filesystem::path file_ = here_ / "bank.acta";
    std::filesystem::path model_ = read_model_path(file_, "ledger");
    position stored_ = 0, applied_ = 0;  // as told
    std::multiset<position> reacted_;
};

/// A process that makes a store is killed. Is the store there? Then it is whole.
bool make_and_kill(const std::filesystem::path& file, std::chrono::microseconds after) {
    child maker([&](const child::voice& parent) {
        const sqlite_log log(file);
        parent.tell("made");
        return ::pause();
    });
    bool made = false;
    REQUIRE(maker.hear_and_kill(after, [&](const std::string&) { made = true; }) == 128 + SIGKILL);
    if (!std::filesystem::exists(file)) {
        REQUIRE_FALSE(made);
        return false;
    }
    const sqlite_log log(file, {.create = false});
    REQUIRE(log.head() == 0);
    REQUIRE(log.verify().findings == nothing_found);
    return true;
}

constexpr int kills_of_one = 25;  // of each store

}  // namespace

ACTA_STATE_CODEC(kept_account);

TEST_CASE("killed while it is made, a store is absent or whole, and whoever comes next is not in the way of what was left") {
    campaign run(150);
    MESSAGE("seed " << run.seed());
    std::uint64_t whole = 0, absent = 0, with_rests = 0;
    do {
        std::mt19937_64 random(run.seed_of_round());
        const folder here;
        for (const char* const name : {"bank.acta", "bank.acta", "shop.acta"}) {  // where it is absent it is made beside the rests
            ++(make_and_kill(here / name, std::chrono::microseconds(random() % 3'000)) ? whole : absent);
            with_rests += says(here.listing(), ".new-");
        }
        sqlite_log log(here / "bank.acta");
        REQUIRE(log.append(account("ada"), none, deposits(3)));
        check_gapless(log, 3);
        REQUIRE(log.verify().findings == nothing_found);
    } while (run.next());
    MESSAGE((whole + absent) << " kills: " << whole << " times the store was there, " << absent << " times not, " << with_rests
                             << " times beside files that never became one");
    CHECK(whole > 0);
    CHECK(absent > 0);
    CHECK(with_rests > 0);
}

TEST_CASE("killed while it keeps snapshots, a writer leaves the one before or the next one, and what is loaded is what the events say") {
    campaign run(6);
    MESSAGE("seed " << run.seed());
    std::uint64_t kills = 0, renewed = 0;
    do {
        CAPTURE(run.seed_of_round());
        std::mt19937_64 random(run.seed_of_round());
        store_with_snapshots store;
        for (int i = 0; i < kills_of_one; ++i, ++kills) {
            store.live_and_die(std::chrono::microseconds(random() % 12'000));
            store.check();
        }
        store.verify();
        renewed += store.renewed;
    } while (run.next());
    MESSAGE(kills << " kills, after which " << renewed << " snapshots were newer than after the one before");
    CHECK(renewed > 0);
}

TEST_CASE("killed with its projection and reaction, an application has the rows of their checkpoint, never ahead of the store") {
    campaign run(12);
    MESSAGE("seed " << run.seed());
    std::size_t kills = 0, behind = 0, events = 0, reactions = 0;
    do {
        CAPTURE(run.seed_of_round());
        std::mt19937_64 random(run.seed_of_round());
        deadly_application app;
        for (int i = 0; i < kills_of_one; ++i, ++kills) {
            app.live_and_die(std::chrono::microseconds(random() % 30'000));
            behind += app.check() > 0;
        }
        app.check_end();
        events += app.events, reactions += app.reactions;
    } while (run.next());
    MESSAGE(kills << " kills, " << behind << " of them with a read model behind the store; " << events << " events, " << reactions
                  << " reactions");
    CHECK(behind > 0);
}
