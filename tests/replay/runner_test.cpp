#include <acta/replay/plugins.hpp>
#include <acta/replay/runner.hpp>

#include "support_files.hpp"

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>

namespace {

/// `balances` with a fault that a test can switch on; the same stored name, so that it goes on in the same file.
struct faulty {
    static constexpr acta::projection_type projection{"faulty", 1};
    using consumes = bank::account_events;
    enum class fault { none, throws_at_107, changes_key_at_107, overflows_at_107, flush_of_two };
    inline static fault now = fault::none;
    struct row {
        std::string id;
        std::uint64_t cents = 0;
        template <class Archive>
        void serialize(Archive& ar) {
            ar(acta::field("id", id), acta::field("cents", cents));
        }
    };
    acta::table<row, &row::id> rows{"total"};
    auto tables() { return std::tie(rows); }

    void apply(const acta::recorded<bank::opened>&) {}
    void apply(const acta::recorded<bank::deposited>& e) {
        row& mine = rows[e.stream().id()];
        mine.cents += static_cast<std::uint64_t>(e->cents);
        if (e->cents != 107) return;
        if (now == fault::throws_at_107) throw std::runtime_error("107 is more than I can take");
        if (now == fault::changes_key_at_107) mine.id = "another";
        if (now == fault::overflows_at_107) mine.cents = std::uint64_t{1} << 63;
    }
    void apply(const acta::recorded<bank::withdrawn>&) {}
};

struct older_balances : bank::balances {
    static constexpr acta::projection_type projection{"balances", 1};
};
struct newer_balances : bank::balances {
    static constexpr acta::projection_type projection{"balances", 2};
};
/// The name and revision of balances, but other columns.
struct other_columns {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = bank::account_events;
    struct row {
        std::string account_id;
        std::int64_t cents = 0;
        std::int64_t more = 0;
        template <class Archive>
        void serialize(Archive& ar) {
            ar(acta::field("account_id", account_id), acta::field("cents", cents), acta::field("more", more));
        }
    };
    acta::table<row, &row::account_id> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<bank::opened>&) {}
    void apply(const acta::recorded<bank::deposited>&) {}
    void apply(const acta::recorded<bank::withdrawn>&) {}
};
/// The same typed tables, but other SQL.
struct other_sql {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = bank::account_events;
    acta::table<bank::balance, &bank::balance::account_id> rows{"balance"};
    acta::table<bank::owner, &bank::owner::name, &bank::owner::accounts> owners{"owner"};
    acta::sql journal{"CREATE TABLE IF NOT EXISTS journal (position INTEGER PRIMARY KEY)"};
    auto tables() { return std::tie(rows, owners, journal); }
    void apply(const acta::recorded<bank::opened>&) {}
    void apply(const acta::recorded<bank::deposited>&) {}
    void apply(const acta::recorded<bank::withdrawn>&) {}
};

/// Makes nothing of a statement that fails, and takes the whole transaction with it.
struct swallowing {
    static constexpr acta::projection_type projection{"swallowing", 1};
    using consumes = acta::events<bank::deposited>;
    acta::sql journal{"CREATE TABLE IF NOT EXISTS journal (cents INTEGER PRIMARY KEY, by TEXT)"};
    auto tables() { return std::tie(journal); }
    void apply(const acta::recorded<bank::deposited>& e) {
        try {
            journal.run("INSERT OR ROLLBACK INTO journal VALUES (?, ?)", e->cents, e.stream().id());
        } catch (const acta::failure&) {}
    }
};

/// A log that cannot be read from some position on.
class torn_log final : public acta::log {
public:
    torn_log(const acta::log& whole, acta::position first_bad) : whole_(whole), first_bad_(first_bad) {}
    std::vector<acta::append_result> append_all(std::span<const acta::append_request>) override { return {}; }
    void read_page(const acta::stream_name* stream, const acta::read_options& what, acta::page& out) const override {
        if (what.after + 1 >= first_bad_) throw acta::failure(acta::errc::damaged, "a bit was flipped");
        acta::read_options shorter = what;
        shorter.until = std::min(what.until, first_bad_ - 1);
        whole_.read_page(stream, shorter, out);
        if (out.last() && what.until >= first_bad_) out.set_next(first_bad_ - 1, false);
    }
    acta::position head() const override { return whole_.head(); }
    std::optional<acta::stream_info> find_stream(const acta::stream_name& stream) const override { return whole_.find_stream(stream); }
    std::optional<acta::answered> find_answer(const acta::command_id& id) const override { return whole_.find_answer(id); }
    std::optional<acta::snapshot> find_snapshot(const acta::stream_name& stream) const override { return whole_.find_snapshot(stream); }
    std::vector<acta::stream_info> streams(std::int64_t after, std::size_t limit) const override { return whole_.streams(after, limit); }
    const acta::stored_type& type(acta::type_id id) const override { return whole_.type(id); }
    std::vector<acta::stored_type> types() const override { return whole_.types(); }
    std::array<std::byte, 16> uuid() const override { return whole_.uuid(); }
    acta::timestamp created_at() const override { return whole_.created_at(); }
    std::optional<std::uint64_t> checksum_at(acta::position where) const override { return whole_.checksum_at(where); }
    std::string name() const override { return whole_.name(); }

private:
    const acta::log& whole_;
    acta::position first_bad_;
};

std::filesystem::path plugin_file(const char* name) { return std::filesystem::path(ACTA_TEST_PLUGINS) / name; }

}  // namespace

TEST_CASE("a projection that never ran makes its file, and catches up to the head") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    {
        acta::runner_of<bank::balances> run(log, dir / "b.db");
        CHECK(run.position() == 0);
        const auto done = run.catch_up();
        CHECK(done.from == 0);
        CHECK(done.position == log.head());
        CHECK(done.events == 63);
        CHECK(run.position() == 63);
        CHECK(run.catch_up().events == 0);
        CHECK(run.read()->rows.find("ada")->cents == 10 * 100 + 45 - 24);
    }
    CHECK(dir.files() == std::vector<std::string>{"b.db"});  // no write-ahead log, no lock
    CHECK(dump(dir / "b.db").find("  ada | 1021") != std::string::npos);
}

TEST_CASE("a plugin and the program itself, from one source, give the same rows") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 50);
    acta::runner_of<bank::balances>(log, dir / "in.db").catch_up();
    const acta::plugin library(plugin_file("test_plugin_balances.so"));
    acta::runner(log, dir / "plug.db", library.projection()).catch_up();
    const std::string rows = dump(dir / "in.db");
    CHECK(rows.size() > 100);
    CHECK(rows == dump(dir / "plug.db"));
    // And each goes on in the other's file.
    append(log, "ada", {bank::deposited{1}});
    acta::runner(log, dir / "in.db", library.projection()).catch_up();
    acta::runner_of<bank::balances>(log, dir / "plug.db").catch_up();
    CHECK(dump(dir / "in.db") != rows);
    CHECK(dump(dir / "in.db") == dump(dir / "plug.db"));
}

TEST_CASE("replayed twice, in one go or in pieces, the rows are the same") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 700);
    acta::runner_of<bank::balances>(log, dir / "a.db").catch_up();
    acta::runner_of<bank::balances>(log, dir / "b.db").catch_up();
    const std::string rows = dump(dir / "a.db");
    CHECK(rows == dump(dir / "b.db"));

    for (const acta::position until : {1, 2, 5, 1'000, 1'001, 2'500})
        CHECK(acta::runner_of<bank::balances>(log, dir / "c.db").catch_up(until).position == until);
    CHECK(acta::runner_of<bank::balances>(log, dir / "c.db").catch_up(7).position == 2'500);  // it does not go back
    acta::runner_of<bank::balances> run(log, dir / "c.db", {.batch_events = 1});
    run.catch_up();
    CHECK(dump(dir / "c.db") == rows);
}

TEST_CASE("progress tells position, end and events, and an exception of it leaves the read model at a commit") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 700);
    struct enough {};
    acta::position told = 0;
    acta::runner_of<bank::balances> run(log, dir / "a.db", {.batch_events = 1});
    const auto stop_later = [&](const acta::progress& at) {
        CHECK(at.until == log.head());
        CHECK(at.position > told);
        CHECK(at.events == static_cast<std::uint64_t>(at.position));
        told = at.position;
        if (at.position > 2'000) throw enough();
    };
    CHECK_THROWS_AS(run.catch_up(log.head(), stop_later), enough);
    CHECK(run.position() > 0);
    CHECK(run.position() < told);
    CHECK(run.read().position() == run.position());
    CHECK(run.read()->journal.one<std::int64_t>("SELECT max(position) FROM journal") <= run.position());
    run.catch_up();
    acta::runner_of<bank::balances>(log, dir / "b.db").catch_up();
    CHECK(dump(dir / "a.db") == dump(dir / "b.db"));
}

TEST_CASE("killed at any page, a replay goes on to the same rows") {
    const scratch dir;
    const auto store = dir / "s.acta";
    {
        acta::sqlite_log log(store);
        fill(log, 700);
    }
    for (int kill_at = 1; kill_at <= 5; ++kill_at) {
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                acta::sqlite_log log(store);
                acta::runner_of<bank::balances> run(log, dir / "killed.db", {.batch_events = 1'500});
                int pages = 0;
                run.catch_up(log.head(), [&](const acta::progress&) {
                    if (++pages == kill_at) ::kill(::getpid(), SIGKILL);
                });
            } catch (...) { ::_exit(1); }
            ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
    }
    acta::sqlite_log log(store);
    {
        acta::runner_of<bank::balances> run(log, dir / "killed.db");
        CHECK(run.read()->journal.one<std::int64_t>("SELECT coalesce(max(position), 0) FROM journal") <= run.position());
        run.catch_up();
    }
    acta::runner_of<bank::balances>(log, dir / "whole.db").catch_up();
    CHECK(dump(dir / "killed.db") == dump(dir / "whole.db"));
}

TEST_CASE("an event that the projection throws at is named; what came before is kept, and mended it goes on") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);  // round 7 deposits 107: three times, first at position 3 + 6 * 7 + 1 = 46
    faulty::now = faulty::fault::throws_at_107;
    {
        acta::runner_of<faulty> run(log, dir / "f.db", {.failing = acta::on_failure::stop});
        const said why = failure_of([&] { run.catch_up(); });
        CHECK(why.code == acta::errc::projection_failed);
        for (const char* const part :
             {"'faulty'", "account.deposited", "stream account-ada", "version 16", "position 46", "107 is more than I can take"})
            CHECK_MESSAGE(why.has(part), why.text);
        CHECK(run.position() == 45);
        CHECK(run.read()->rows.find("ada")->cents == 721);
        CHECK(failure_of([&] { run.catch_up(); }).has("position 46"));
        CHECK(run.position() == 45);
    }
    faulty::now = faulty::fault::none;
    CHECK(acta::runner_of<faulty>(log, dir / "f.db").catch_up().from == 45);
    acta::runner_of<faulty>(log, dir / "g.db").catch_up();
    CHECK(dump(dir / "f.db") == dump(dir / "g.db"));
}

TEST_CASE("a row that cannot be written is traced to the event that spoiled it") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    struct {
        faulty::fault fault;
        const char* says;
    } const cases[] = {{faulty::fault::changes_key_at_107, "changed through a reference"},
                       {faulty::fault::overflows_at_107, "9223372036854775807"}};
    for (const auto& each : cases) {
        std::filesystem::remove(dir / "f.db");
        faulty::now = each.fault;
        acta::runner_of<faulty> run(log, dir / "f.db", {.failing = acta::on_failure::stop});
        const said why = failure_of([&] { run.catch_up(); });
        CHECK(why.code == acta::errc::projection_failed);
        CHECK_MESSAGE(why.has("position 46"), why.text);
        CHECK_MESSAGE(why.has(each.says), why.text);
        CHECK(run.position() == 45);
        CHECK(run.read()->rows.find("ada")->cents == 721);
    }
    faulty::now = faulty::fault::none;
}

TEST_CASE("a statement that ends the transaction loses no row, even if the projection makes nothing of its failure") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::deposited{1}, bank::deposited{2}});
    append(log, "bob", {bank::deposited{2}});
    append(log, "eve", {bank::deposited{3}});
    acta::runner_options how;
    how.attempts = 1;
    how.failing = acta::on_failure::park_stream;
    acta::runner_of<swallowing> run(log, dir / "s.db", how);
    run.catch_up();
    CHECK(dump(dir / "s.db") == "journal:\n  1 | ada\n  2 | ada\n  3 | eve\n");
    REQUIRE(run.letters().size() == 1);
    CHECK(run.letters()[0].stream == "account-bob");
    CHECK(run.letters()[0].error.find("ended the transaction") != std::string::npos);
}

TEST_CASE("a throwing plugin is an error of its own, and kills nobody") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::opened{"Ada"}, bank::deposited{5}, bank::deposited{13}, bank::deposited{7}});
    const acta::plugin library(plugin_file("test_plugin_throwing.so"));
    acta::runner run(log, dir / "t.db", library.projection("throwing"), {.failing = acta::on_failure::stop});
    const said why = failure_of([&] { run.catch_up(); });
    CHECK(why.code == acta::errc::projection_failed);
    CHECK(why.has("thirteen brings bad luck"));
    CHECK(why.has("position 3"));
    CHECK(run.position() == 2);
}

TEST_CASE("a projection of any event gets name and JSON of everything in the store") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::opened{"Ada \"the first\""}, bank::deposited{5}});
    const acta::plugin library(plugin_file("test_plugin_throwing.so"));
    acta::runner(log, dir / "any.db", library.projection("archive")).catch_up();
    CHECK(dump(dir / "any.db") ==
          "line:\n  1 | account.opened | {\"owner\":\"Ada \\\"the first\\\"\"}\n  2 | account.deposited | {\"cents\":5}\n");
}

TEST_CASE("a plugin written in C99 from abi.h alone is replayed like any other") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 20);
    const acta::plugin library(plugin_file("test_plugin_counter.so"));
    acta::runner(log, dir / "c.db", library.projection()).catch_up();
    CHECK(dump(dir / "c.db") == "deposit_count:\n  account-ada | 20\n  account-bob | 20\n  account-eve | 20\n");
}

TEST_CASE("a projection hears of its categories alone, and its checkpoint passes over the rest") {
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::opened{"Ada"}, bank::deposited{5}});
    REQUIRE(log.append(acta::stream_name("savings", "ada"), acta::none, {bank::opened{"Ada"}, bank::deposited{50}}));
    acta::runner_of<bank::balances> run(log, ":memory:");
    const auto done = run.catch_up();
    CHECK(done.position == 4);
    CHECK(done.events == 2);
    CHECK(run.read()->rows.find("ada")->cents == 5);
}

TEST_CASE("a type that comes into the store while the runner is there is learned then") {
    acta::sqlite_log log(":memory:");
    acta::runner_of<bank::balances> run(log, ":memory:");
    run.catch_up();
    append(log, "ada", {bank::opened{"Ada"}});
    run.catch_up();
    append(log, "ada", {bank::deposited{5}});
    run.catch_up();
    CHECK(run.read()->rows.find("ada")->cents == 5);
}

TEST_CASE("events that cannot be read are refused before anything is made") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(acta::stream_name("account", "ada"), acta::none, {bank::otherwise::deposited{"five"}}));
    const said why = failure_of([&] { acta::runner_of<bank::balances> run(log, dir / "b.db"); });
    CHECK(why.code == acta::errc::layout_mismatch);
    CHECK(why.has("account.deposited"));
    CHECK(why.has("'cents'"));
    CHECK(dir.files().empty());
}

TEST_CASE("events that cannot be read and come later stop the run behind the last good one") {
    acta::sqlite_log log(":memory:");
    append(log, "ada", {bank::opened{"Ada"}});
    acta::runner_of<bank::balances> run(log, ":memory:");
    append(log, "ada", {bank::deposited{5}});
    REQUIRE(log.append(acta::stream_name("account", "bob"), acta::none, {bank::later::deposited{"five"}}));
    const said why = failure_of([&] { run.catch_up(); });
    CHECK(why.code == acta::errc::layout_mismatch);
    CHECK(run.position() == 2);
    CHECK(run.read()->rows.find("ada")->cents == 5);
}

TEST_CASE("where the log cannot be read on, everything before is kept") {
    acta::sqlite_log whole(":memory:");
    fill(whole, 700);
    const torn_log log(whole, 1'500);
    acta::runner_of<bank::balances> run(log, ":memory:");
    const said why = failure_of([&] { run.catch_up(); });
    CHECK(why.code == acta::errc::damaged);
    CHECK(run.position() == 1'499);
    CHECK(failure_of([&] { run.catch_up(); }).code == acta::errc::damaged);
    CHECK(run.position() == 1'499);
}

TEST_CASE("a file of another projection, revision or tables is refused and left as it was") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    acta::runner_of<bank::balances>(log, dir / "b.db").catch_up();
    const std::string before = bytes_of_file(dir / "b.db");
    const auto refused = [&](const acta_projection& by, acta::errc code, std::initializer_list<const char*> parts) {
        const said why = failure_of([&] { acta::runner run(log, dir / "b.db", by); });
        CHECK(why.code == code);
        for (const char* const part : parts) CHECK_MESSAGE(why.has(part), why.text);
        CHECK(bytes_of_file(dir / "b.db") == before);
        CHECK(dir.files() == std::vector<std::string>{"b.db"});
    };
    refused(acta::abi_of<faulty>(), acta::errc::other_read_model, {"b.db", "'balances'", "'faulty'"});
    refused(acta::abi_of<newer_balances>(), acta::errc::outdated_read_model, {"revision 1", "revision 2", "replay into a new file"});
    refused(acta::abi_of<other_columns>(), acta::errc::outdated_read_model, {"'balance'", "'more'", "Raise the projection's revision"});
    refused(acta::abi_of<other_sql>(), acta::errc::outdated_read_model, {"other tables"});
    CHECK(acta::runner_of<older_balances>(log, dir / "b.db").position() == log.head());

    acta::runner_of<newer_balances>(log, dir / "n.db").catch_up();
    const said why = failure_of([&] { acta::runner_of<bank::balances> run(log, dir / "n.db"); });
    CHECK(why.has("upgrade this program"));
}

TEST_CASE("a read model of another store or another history is refused") {
    const scratch dir;
    acta::sqlite_log log(dir / "s.acta");
    fill(log, 3);
    acta::runner_of<bank::balances>(log, dir / "b.db").catch_up();
    {
        acta::sqlite_log other(":memory:");
        fill(other, 3);
        const said why = failure_of([&] { acta::runner_of<bank::balances> run(other, dir / "b.db"); });
        CHECK(why.code == acta::errc::other_read_model);
        CHECK_MESSAGE(why.has("another store"), why.text);
    }
    const auto tamper = [&](const char* sql) {
        const acta::detail::connection on((dir / "b.db").string(), SQLITE_OPEN_READWRITE, "", "b.db");
        on.run(sql);
    };
    tamper("UPDATE acta_checkpoint SET position = position + 1");
    said why = failure_of([&] { acta::runner_of<bank::balances> run(log, dir / "b.db"); });
    CHECK(why.code == acta::errc::other_read_model);
    CHECK_MESSAGE(why.has("the store ends at 21"), why.text);
    tamper("UPDATE acta_checkpoint SET position = position - 1, entry_checksum = entry_checksum + 1");
    why = failure_of([&] { acta::runner_of<bank::balances> run(log, dir / "b.db"); });
    CHECK(why.code == acta::errc::other_read_model);
    CHECK_MESSAGE(why.has("position 21 is another one"), why.text);
}

TEST_CASE("a runner that finds another checkpoint than it remembers goes on from the stored one") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    acta::runner_of<bank::balances> run(log, dir / "b.db");
    run.catch_up();
    {
        const acta::detail::connection on((dir / "b.db").string(), SQLITE_OPEN_READWRITE, "", "b.db");
        on.run("BEGIN; DELETE FROM balance; DELETE FROM owner; DELETE FROM journal; "
               "UPDATE acta_checkpoint SET position = 0, entry_checksum = 0, generation = 2; COMMIT");
    }
    append(log, "ada", {bank::deposited{1}});
    run.catch_up();
    acta::runner_of<bank::balances>(log, dir / "c.db").catch_up();
    CHECK(run.read()->rows.find("ada")->cents == 301);
    CHECK(acta::inspect_read_model(dir / "b.db").checkpoint->generation == 2);
    CHECK(dump(dir / "b.db") == dump(dir / "c.db"));
}

TEST_CASE("there is one runner per file at a time") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    {
        acta::runner_of<bank::balances> first(log, dir / "b.db");
        const said why = failure_of([&] { acta::runner_of<bank::balances> second(log, dir / "b.db"); });
        CHECK(why.code == acta::errc::busy);
        CHECK(why.has("b.db"));
        first.catch_up();
    }
    acta::runner_of<bank::balances> second(log, dir / "b.db");
    CHECK(second.position() == log.head());
}

TEST_CASE("a plugin whose create gives no object is an error, not a crash") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 1);
    const acta::plugin library(plugin_file("test_plugin_NO_OBJECT.so"));
    const said why = failure_of([&] { acta::runner run(log, dir / "x.db", library.projection()); });
    CHECK(why.code == acta::errc::projection_failed);
    CHECK(dir.files().empty());
}
