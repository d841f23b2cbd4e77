#include <acta/read/plugin.hpp>

#include "../replay/support_bank.hpp"

#include <doctest/doctest.h>

using acta::detail::projections::describe_plugin;
using acta::detail::projections::unusable;
using acta::detail::projections::view;

namespace {

struct watcher {
    static constexpr acta::projection_type projection{"watcher", 1};
    using consumes = acta::any_event;
    void apply(const acta::recorded<acta::any_event>&) {}
};

}  // namespace

TEST_CASE("a plugin's table lists its projections in order") {
    const acta_plugin plugin = describe_plugin<bank::balances, watcher>();
    CHECK(plugin.size == sizeof(acta_plugin));
    CHECK(plugin.abi == ACTA_ABI);
    CHECK(plugin.problem.size == 0);
    REQUIRE(plugin.projection_count == 2);
    CHECK(plugin.projections[0] == &acta::abi_of<bank::balances>());
    CHECK(view(plugin.projections[1]->name) == "watcher");
}

TEST_CASE("a plugin that cannot describe itself says why and has no projections") {
    const acta_plugin plugin = unusable("its events have no layout");
    CHECK(plugin.abi == ACTA_ABI);
    CHECK(plugin.projection_count == 0);
    CHECK(view(plugin.problem) == "its events have no layout");
}
