#include <acta/replay/plugins.hpp>

#include "replay/made_by.hpp"
#include "support_poison.hpp"

#include <doctest/doctest.h>

using acta::detail::made_by;

TEST_CASE("the same program says the same, and a plugin of the same projection something else, as soon as it is built again") {
    const scratch dir;
    const std::string program = made_by({&acta::abi_of<bank::balances>()});
    CHECK(program == made_by({&acta::abi_of<bank::balances>()}));
    CHECK(program.find(" balances/1@") != std::string::npos);
    CHECK(program != made_by({&acta::abi_of<poison::ledger>()}));

    const auto file = dir / "balances.so";
    std::filesystem::copy_file(std::filesystem::path(ACTA_TEST_PLUGINS) / "test_plugin_balances.so", file);
    const acta::plugin library(file);
    const std::string plugin = made_by({&library.projection()});
    CHECK(plugin != program);
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    CHECK(plugin != made_by({&library.projection()}));
}
