#include <acta/replay/reading.hpp>
#include <acta/replay/runner.hpp>

#include "support_files.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>

namespace {

struct another {
    static constexpr acta::projection_type projection{"another", 1};
    using consumes = bank::account_events;
    void apply(const acta::recorded<bank::opened>&) {}
    void apply(const acta::recorded<bank::deposited>&) {}
    void apply(const acta::recorded<bank::withdrawn>&) {}
};

}  // namespace

TEST_CASE("a reading sees one transaction, whatever the runner commits meanwhile") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    acta::runner_of<bank::balances> run(log, dir / "b.db");
    run.catch_up();
    const auto before = run.read();
    const acta::reading<bank::balances> by_path(dir / "b.db");
    append(log, "ada", {bank::deposited{1'000}});
    run.catch_up();
    CHECK(before.position() == 21);
    CHECK(before->rows.find("ada")->cents == 300);
    CHECK(before->journal.one<std::int64_t>("SELECT sum(cents) FROM journal WHERE account = 'ada'") == 300);
    CHECK(by_path->rows.find("ada")->cents == 300);
    const auto after = run.read();
    CHECK(after.position() == 22);
    CHECK(after->rows.find("ada")->cents == 1'300);
}

TEST_CASE("a reading goes on where no runner is, and leaves the rows as they are") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    acta::runner_of<bank::balances>(log, dir / "b.db").catch_up();
    const std::string rows = dump(dir / "b.db");
    {
        const acta::reading<bank::balances> now(dir / "b.db");
        CHECK(now.position() == log.head());
        std::string names;
        for (const bank::balance& row : now->rows) names += row.account_id + " ";
        CHECK(names == "ada bob eve ");
        CHECK((*now).owners.size() == 2);
    }
    CHECK(dump(dir / "b.db") == rows);
}

TEST_CASE("opening and closing a file again takes no lock from the runner in the same process") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    acta::runner_of<bank::balances> run(log, dir / "b.db");
    run.catch_up();
    const auto locked_for_others = [&] {
        const pid_t child = ::fork();
        if (child == 0) {
            struct flock lock {};
            lock.l_type = F_WRLCK;
            lock.l_whence = SEEK_SET;
            lock.l_start = 0x40000002;  // where SQLite's readers lock
            lock.l_len = 510;
            ::_exit(::fcntl(::open((dir / "b.db").c_str(), O_RDWR), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
        }
        int status = 1;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    };
    REQUIRE(locked_for_others());
    (void)run.read();
    (void)acta::reading<bank::balances>(dir / "b.db");
    (void)acta::inspect_read_model(dir / "b.db");
    (void)failure_of([&] { acta::runner_of<bank::balances> second(log, dir / "b.db"); });
    CHECK(locked_for_others());
}

TEST_CASE("a reading of another projection, or of nothing, is refused") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    acta::runner_of<bank::balances> run(log, dir / "b.db");
    CHECK(failure_of([&] { acta::reading<another> now(dir / "b.db"); }).code == acta::errc::other_read_model);
    CHECK(failure_of([&] { (void)run.runner::read<another>(); }).code == acta::errc::other_read_model);
    const said why = failure_of([&] { acta::reading<bank::balances> now(dir / "nothing.db"); });
    CHECK(why.code == acta::errc::not_found);
    CHECK(why.has("nothing.db"));
    CHECK(dir.files().size() == 4);  // the read model, its log, index and lock: nothing was made beside them
}

TEST_CASE("in memory a reading and the next batch take turns") {
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    acta::runner_of<bank::balances> run(log, ":memory:");
    run.catch_up();
    append(log, "ada", {bank::deposited{1}});
    {
        const auto now = run.read();
        const auto again = run.read();
        CHECK(now->rows.size() == again->rows.size());
        const said why = failure_of([&] { run.catch_up(); });
        CHECK(why.code == acta::errc::misuse);
        CHECK(why.has("read()"));
    }
    CHECK(run.catch_up().position == 22);
}
