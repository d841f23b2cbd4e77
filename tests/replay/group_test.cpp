// Projections that share one read model: one checkpoint, joined by SQL, rebuilt together.
#include <acta/replay/rebuild.hpp>
#include <acta/replay/runner.hpp>

#include "support_poison.hpp"

#include <doctest/doctest.h>

using namespace poison;

namespace {

struct counts_2 : counts {
    static constexpr acta::projection_type projection{"counts", 2};
};

const acta::runner::group both{&acta::abi_of<ledger>(), &acta::abi_of<counts>()};
const acta::runner::group newer{&acta::abi_of<ledger>(), &acta::abi_of<counts_2>()};

}  // namespace

TEST_CASE("a group has one checkpoint and one file, and plain SQL joins its tables") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 20);
    acta::runner run(log, dir / "g.db", both);
    const auto done = run.catch_up();
    CHECK(done.position == log.head());
    CHECK(done.events == 123);  // each once, to how many it ever went
    CHECK(run.read<ledger>()->rows.find("ada")->events == 41);
    CHECK(run.read<counts>()->rows.find("ada")->deposits == 20);
    const auto info = acta::inspect_read_model(dir / "g.db");
    REQUIRE(info.projections.size() == 2);
    CHECK(info.projections[0].name == "counts");
    CHECK(info.projections[1].name == "ledger");
    const acta::detail::connection on((dir / "g.db").string(), SQLITE_OPEN_READWRITE, "", "g.db");
    CHECK(on.number("SELECT count(*) FROM ledger JOIN deposit_count USING (account) WHERE events = 2 * deposits + 1") == 3);
}

TEST_CASE("a group in which one changes, or one joins, is outdated; one that misses a member is refused") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 3);
    acta::runner(log, dir / "g.db", both).catch_up();
    acta::runner_of<ledger>(log, dir / "one.db").catch_up();
    const auto opening = [&](const char* file, const acta::runner::group& by) {
        return failure_of([&] { acta::runner run(log, dir / file, by); });
    };
    CHECK(opening("g.db", newer).code == acta::errc::outdated_read_model);
    const said joins = opening("one.db", both);
    CHECK(joins.code == acta::errc::outdated_read_model);
    CHECK_MESSAGE(joins.has("before the projection 'counts' joined"), joins.text);
    const said misses = opening("g.db", {&acta::abi_of<ledger>()});
    CHECK(misses.code == acta::errc::other_read_model);
    CHECK_MESSAGE(misses.has("is shared by 2 projections"), misses.text);
    CHECK(opening("x.db", {}).code == acta::errc::misuse);
    CHECK(opening("x.db", {&acta::abi_of<ledger>(), &acta::abi_of<ledger>()}).code == acta::errc::misuse);
    CHECK_FALSE(std::filesystem::exists(dir / "x.db"));

    acta::rebuild(log, dir / "g.db", newer).replace();
    CHECK(acta::runner(log, dir / "g.db", newer).position() == log.head());
    acta::rebuild(log, dir / "one.db", both).replace();
    CHECK(acta::runner(log, dir / "one.db", both).position() == log.head());
    CHECK(dump(dir / "g.db") == dump(dir / "one.db"));
}
