// Read models that were damaged or tampered with: refused in a sentence or brought up to date, nothing strange in them runs, and a rebuild or a new
// file mends everything. A row that somebody changed cannot be told: rows have no checksum, that is what rebuilding is for.
#include <acta/replay/reading.hpp>
#include <acta/replay/rebuild.hpp>
#include <acta/replay/runner.hpp>
#include <acta/replay/status.hpp>

#include "balances.hpp"
#include "judging.hpp"
#include "running.hpp"
#include "support/campaign.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace acta;
using namespace tests;
namespace command = acta::testing_the_command;

namespace {

using sums = std::map<std::string, std::int64_t>;

/// A projection's own code knows no file: what it finds in a row names the column.
sums rows_in(const reading<balances>& of) {
    sums out;
    try {
        for (const balance& row : of->rows) out[row.account] = row.cents;
    } catch (const failure& why) {
        if (!says(why, "the column '")) throw;
        throw failure(why.code(), "in balances.db " + std::string(why.what()));
    }
    return out;
}

/// A store, its read model, and what its rows should be.
struct stand {
    folder here;
    std::filesystem::path store = here / "bank.acta", model = here / "bank.acta.models/balances.db";
    sums right{};
    files whole{};

    stand() {
        tests::make_store(store);
        std::filesystem::create_directory(model.parent_path());
        const sqlite_log log(store);
        runner_of<balances>(log, model).catch_up();
        whole = files_of(model);
        REQUIRE(whole.size() == 1);
        right = rows_in(reading<balances>(model));
    }

    /// Brings it up to date and looks at it every way, each in a process of its own: what was refused first, if anything was. `rows` are the
    /// rows that were believed.
    answer use(sums* rows = nullptr) const {
        answer first;
        const auto also = [&](const std::function<void()>& call) {
            const answer one = ask(model, call);
            if (one.refused && !first.refused) first = one;
        };
        also([&] {
            const sqlite_log log(store, {.read_only = true});
            (void)status_of(log, model, clock::system());
        });
        const contained end = contain([&](const child::voice& parent) {
            const sqlite_log log(store, {.read_only = true});
            try {
                runner_of<balances> run(log, model);
                run.catch_up();
                if (run.position() != log.head()) throw std::runtime_error("a runner that stops early");
                for (const auto& [account, cents] : rows_in(run.read())) parent.tell(account + " " + std::to_string(cents));
            } catch (const failure& why) {
                if (!is_sentence(why.what(), model)) throw std::runtime_error(std::string("no sentence: ") + why.what());
                parent.tell("refused " + std::to_string(static_cast<int>(why.code())));
            }
        });
        CHECK(end.code == 0);
        for (const std::string& line : end.lines) {
            const auto space = line.rfind(' ');
            if (line.starts_with("refused ") && !first.refused) first = {true, static_cast<errc>(std::stoi(line.substr(space))), line};
            else if (rows != nullptr) (*rows)[line.substr(0, space)] = std::stoll(line.substr(space));
        }
        also([&] { (void)rows_in(reading<balances>(model)); });
        return first;
    }

    /// Whatever it is now, a new file or a rebuild gives the right rows.
    void mend() const {
        const sqlite_log log(store, {.read_only = true});
        std::filesystem::remove(model);
        for (const char* const behind : {"-wal", "-shm", "-journal"}) std::filesystem::remove_all(model.string() + behind);
        runner_of<balances>(log, model).catch_up();
        CHECK(rows_in(reading<balances>(model)) == right);
    }
};

}  // namespace

TEST_CASE("a read model that ends early is refused, wherever it ends") {
    const stand in;
    const std::string& whole = in.whole.at("");
    for (std::size_t size = 0; size < whole.size(); size += 2'048)
        for (const std::size_t odd : {size, size + 100}) {
            if (!is_due()) continue;
            CAPTURE(odd);
            put_files(in.model, {{"", whole.substr(0, odd)}});
            const answer said = in.use();
            CHECK(said.refused);
            CHECK((said.code == errc::damaged || said.code == errc::not_a_store));
            CHECK((bytes_of_file(in.model) == whole.substr(0, odd)));
        }
    in.mend();
}

TEST_CASE("a killed runner's write-ahead log that ends early takes rows and checkpoint back together, and the runner goes on from there") {
    const stand in;
    std::filesystem::remove(in.model);
    child runs([&](const child::voice& parent) -> int {
        const sqlite_log log(in.store, {.read_only = true});
        runner_of<balances> run(log, in.model, {.batch_events = 6});
        run.catch_up();
        parent.tell("caught up");
        for (;;) ::pause();
    });
    REQUIRE(runs.hear());
    runs.kill();
    runs.wait();
    const files killed = files_of(in.model);
    const std::string& log = killed.at("-wal");
    REQUIRE(log.size() > 50'000);
    for (std::size_t size = 0; size < log.size(); size += 2'060) {
        if (!is_due()) continue;
        CAPTURE(size);
        put_files(in.model, {{"", killed.at("")}, {"-wal", log.substr(0, size)}});
        sums rows;
        const answer said = in.use(&rows);
        CHECK_FALSE(said.refused);
        CHECK(rows == in.right);
    }
}

TEST_CASE("a bit of a read model that is turned over is refused, mended by the runner, or in a row; nothing crashes") {
    const stand in;
    campaign run(300);
    MESSAGE("seed " << run.seed());
    std::size_t refused = 0, wrong = 0;
    do {
        std::mt19937_64 random(run.seed_of_round());
        std::string bytes = in.whole.at("");
        std::size_t at = 0;
        do { at = random() % bytes.size(); } while (bytes[at] == 0);  // most of a page is empty
        INFO("seed " << run.seed_of_round() << ": byte " << at);
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        put_files(in.model, {{"", bytes}});
        sums rows;
        if (in.use(&rows).refused) ++refused;
        else if (rows != in.right) ++wrong;
    } while (run.next());
    MESSAGE(refused << " of " << run.rounds_done() << " refused, " << wrong << " believed with another row");
    CHECK(refused > 0);
    in.mend();
}

TEST_CASE("a checkpoint that names another store, another history or a place that there is not is refused") {
    const stand in;
    for (const char* const change : {"store = zeroblob(16)", "store = x''", "position = position - 1", "position = 9223372036854775807",
                                     "position = -1", "position = 0", "entry_checksum = entry_checksum + 1"}) {
        CAPTURE(std::string(change));
        put_files(in.model, in.whole);
        REQUIRE(shell(in.model).run(std::string("UPDATE acta_checkpoint SET ") + change) == "");
        const answer said = in.use();
        CHECK(said.refused);
        CHECK((said.code == errc::other_read_model || said.code == errc::damaged));
    }
}

TEST_CASE("what somebody adds to a read model's schema is refused and not run") {
    const stand in;
    const std::string changes[] = {
        "CREATE TRIGGER spy AFTER UPDATE ON balance BEGIN UPDATE balance SET cents = 0; END",
        "CREATE TRIGGER spy AFTER INSERT ON balance BEGIN DELETE FROM journal; END",
        "CREATE TRIGGER spy AFTER INSERT ON journal BEGIN INSERT INTO bookings VALUES (zeroblob(100000000)); END",
        "CREATE TRIGGER acta_spy AFTER INSERT ON acta_checkpoint BEGIN UPDATE acta_checkpoint SET position = 1; END",
        "CREATE TRIGGER acta_spy BEFORE INSERT ON acta_dead_letter BEGIN SELECT RAISE(IGNORE); END",
        "CREATE VIEW spy AS SELECT * FROM balance",
        "DROP TABLE bookings; CREATE VIEW bookings AS SELECT 1 AS count",
        "DROP TRIGGER counting; CREATE TRIGGER counting AFTER INSERT ON journal BEGIN DELETE FROM bookings; END",
        "CREATE INDEX spy ON acta_checkpoint (position)",
        "CREATE UNIQUE INDEX spy ON acta_dead_letter (projection)",
        "DROP TABLE balance; CREATE VIEW balance AS SELECT 'x' AS account, 1 AS cents",
        "DROP TABLE balance; CREATE TABLE balance (account TEXT PRIMARY KEY, cents INTEGER)",
        "DROP TABLE balance; CREATE TABLE balance (account TEXT NOT NULL, cents INTEGER NOT NULL DEFAULT (random()), PRIMARY KEY "
        "(account)) STRICT, WITHOUT ROWID",
        "ALTER TABLE balance ADD COLUMN more INTEGER AS (abs(cents))",
        "DROP TABLE acta_read_model",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'journal') "
        "WHERE name "
        "= 'bookings'",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'not SQL \x1b[31m' WHERE name = 'journal'",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'acta_table'",
        "DELETE FROM acta_projection",
        "UPDATE acta_projection SET name = 'other'",
        "UPDATE acta_projection SET revision = 2",
        "UPDATE acta_projection SET tables = ''",
        "DELETE FROM acta_table",
    };
    for (const std::string& change : changes) {
        CAPTURE(change);
        put_files(in.model, in.whole);
        REQUIRE(shell(in.model).run(change) == "");
        const std::string before = bytes_of_file(in.model);
        {
            sqlite_log log(in.store);
            REQUIRE(log.append(account("0"), any, {deposited{0}}));  // so that the runner has something to write
        }
        const answer said = in.use();
        CHECK(said.refused);
        CHECK((said.code == errc::damaged || said.code == errc::outdated_read_model || said.code == errc::other_read_model ||
               said.code == errc::io));
        CHECK((bytes_of_file(in.model) == before));
    }
    in.mend();
}

TEST_CASE("what stands in the place of a read model's lock file is not waited for and not written into") {
    const stand in;
    const folder elsewhere;
    const auto victim = elsewhere / "victim", lock = std::filesystem::path(in.model.string() + ".lock");
    const std::function<void()> things[] = {
        [&] { REQUIRE(::mkfifo(lock.c_str(), 0600) == 0); },
        [&] { std::filesystem::create_symlink(victim, lock); },
        [&] { std::filesystem::create_hard_link(victim, lock); },
        [&] { std::filesystem::create_directory(lock); },
    };
    for (const auto& put : things) {
        write_file(victim, "a file of somebody else");
        std::filesystem::remove_all(lock);
        put();
        CHECK(in.use().refused);
        CHECK(bytes_of_file(victim) == "a file of somebody else");
    }
}

TEST_CASE("what a read model says of itself shows nobody a control character") {
    const stand in;
    const std::string escapes = "red \x1b[31m bell \x07 c1 \xc2\x9b title \x1b]0;x\x07 \xff";
    const std::string text = "CAST(x'726564201b5b33316d2007c29bff' AS TEXT)";
    for (const std::string& change :
         {"UPDATE acta_projection SET name = " + text, "INSERT OR REPLACE INTO acta_read_model VALUES ('last_error', " + text + ")",
          "INSERT INTO acta_dead_letter VALUES (" + text + ", " + text + ", 1, 1, " + text + ", 1, " + text + ", 1, 1, 0)",
          std::string("UPDATE acta_checkpoint SET updated_at = 9223372036854775807, generation = -9223372036854775808"),
          std::string("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'x \x1b[31m' WHERE name = 'journal'")}) {
        CAPTURE(change);
        put_files(in.model, in.whole);
        REQUIRE(shell(in.model).run(change) == "");
        for (const command::words& verb :
             {command::words{"projections", "status", in.store.string()}, command::words{"dead-letters", "list", in.store.string()},
              command::words{"dead-letters", "show", in.store.string(), "account-0"},
              command::words{"dead-letters", "show", in.store.string(), escapes}})
            for (const bool json : {false, true}) {
                command::words given{verb};
                if (json) given.emplace_back("--json");
                const command::ended result = command::run(given);
                CAPTURE(given);
                CHECK_FALSE(command::has_control_characters(result.out));
                CHECK_FALSE(command::has_control_characters(result.err));
                CHECK(result.code < 8);
            }
    }
}
