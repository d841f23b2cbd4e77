// Events that have changed reach a projection as current structs, compiled in or in a plugin.
#include <acta/store/sqlite.hpp>
#include <acta/replay/fold.hpp>
#include <acta/replay/plugins.hpp>
#include <acta/replay/reaction.hpp>
#include <acta/replay/runner.hpp>

#include "changed_diary.hpp"
#include "support_bank.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

using namespace changed;

namespace {

const acta::stream_name ada("account-ada");

/// What two older programs have left behind.
void write_history(acta::log& to) {
    REQUIRE(to.append(ada, acta::none, {opened_v1{"Ada Lovelace"}, deposited_v1{100, 3}, bonus_granted{7}}));
    REQUIRE(to.append(ada, acta::exactly(3), {blocked{"a debt"}, opened_v2{"Grace", "Hopper"}, deposited{20}}));
}

std::vector<line> lines_of(const diary& from) {
    std::vector<line> all;
    for (const line& each : from.lines) all.push_back(each);
    return all;
}

const std::vector<line> expected{
    {1, "opened Lovelace, Ada"}, {2, "fee 3, then deposit 100"}, {4, "frozen for a debt"}, {5, "opened Hopper, Grace"}, {6, "deposit 20"}};

}  // namespace

TEST_CASE(
    "a projection sees current events alone: upcast, split in the order of its list at one position, renamed, retired ones not at all") {
    acta::sqlite_log log(":memory:");
    write_history(log);
    acta::runner_of<diary> run(log, ":memory:");
    CHECK(run.catch_up().position == 6);
    CHECK(lines_of(*run.read()) == expected);
    diary folded;
    acta::fold(log, folded);
    CHECK(lines_of(folded) == expected);
}

TEST_CASE("a plugin upcasts by itself") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    write_history(log);
    const acta::plugin library(std::filesystem::path(ACTA_TEST_PLUGINS) / "test_plugin_diary.so");
    acta::runner run(log, dir / "diary.db", library.projection());
    CHECK(run.catch_up().position == 6);
    CHECK(lines_of(*run.read<diary>()) == expected);
}

namespace {

struct notices {
    static constexpr acta::reaction_type reaction{"notices"};
    using consumes = changed::events;
    std::vector<std::string>* out = nullptr;
    void react(const acta::recorded<opened>& e) { out->push_back("opened " + e->name); }
    void react(const acta::recorded<fee_charged>& e) { out->push_back("fee " + std::to_string(e->cents)); }
    void react(const acta::recorded<deposited>& e) { out->push_back("deposit " + std::to_string(e->cents)); }
    void react(const acta::recorded<frozen>& e) { out->push_back("frozen for " + e->reason); }
};

}  // namespace

TEST_CASE("a reaction reacts to every part of an event that was split") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    write_history(log);
    std::vector<std::string> out;
    acta::detail::reaction_state state(std::make_shared<notices>(notices{&out}));
    const acta::detail::reacting_scope scope(state);
    acta::detail::begin_reaction(log, dir / "notices.db", acta::reaction_abi_of<notices>(), acta::react_from::beginning,
                                 acta::clock::system());
    acta::runner run(log, dir / "notices.db", acta::reaction_abi_of<notices>());
    run.catch_up();
    CHECK(out == std::vector<std::string>{"opened Lovelace, Ada", "fee 3", "deposit 100", "frozen for a debt", "opened Hopper, Grace",
                                          "deposit 20"});
}

TEST_CASE("a plugin says which former names and older revisions it reads") {
    const acta::plugin library(std::filesystem::path(ACTA_TEST_PLUGINS) / "test_plugin_diary.so");
    const acta_projection& described = library.projection();
    REQUIRE(described.consumed_count == 4);  // not the retired one
    const acta_consumed& first = *described.consumed[0];
    CHECK(std::string(first.name.data, first.name.size) == "account.opened");
    REQUIRE(first.former_name_count == 1);
    CHECK(std::string(first.former_names[0].data, first.former_names[0].size) == "bank.opened");
    REQUIRE(first.older_revision_count == 2);
    CHECK(first.older_revisions[0] == 2);
    CHECK(first.older_revisions[1] == 1);
}

TEST_CASE("a plugin that cannot read an old event refuses before anything is made, with event, fields and how many there are") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    REQUIRE(log.append(ada, acta::none, {bank::opened{"Ada"}, bank::otherwise::deposited{"five"}, bank::otherwise::deposited{"six"}}));
    const acta::plugin library(std::filesystem::path(ACTA_TEST_PLUGINS) / "test_plugin_balances.so");
    const said why = failure_of([&] { acta::runner run(log, dir / "balances.db", library.projection()); });
    CHECK(why.code == acta::errc::layout_mismatch);
    CHECK(why.has("the projection 'balances' cannot read"));
    CHECK(why.has("account.deposited, revision 1"));
    CHECK(why.has("'cents' is stored as \"text\" and is \"i64\" here"));
    CHECK(why.has("raise the revision and add an upcast; 2 events are stored so, at positions 2 to 3"));
    CHECK(dir.files().empty());
}
