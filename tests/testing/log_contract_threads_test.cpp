// The contract suite, run on our own stores: in a file, in memory, and in a file whose write-ahead log is copied back all the time.
#include <acta/store/sqlite.hpp>
#include <acta/testing/log_contract.hpp>

#include "support/temporary.hpp"

#include <doctest/doctest.h>

using acta::testing::log_contract;

TEST_CASE("a store in a file keeps the contract of a log") {
    const tests::folder here;
    log_contract(
        [&](const acta::clock& time) { return std::make_unique<acta::sqlite_log>(here / "contract.acta", acta::options{.clock = &time}); });
}

TEST_CASE("a store in memory keeps the contract of a log") {
    log_contract([](const acta::clock& time) { return std::make_unique<acta::sqlite_log>(":memory:", acta::options{.clock = &time}); });
}

TEST_CASE("a store that syncs less and copies back after each page keeps the contract of a log") {
    const tests::folder here;
    log_contract([&](const acta::clock& time) {
        const acta::options how{.clock = &time, .durability = acta::durability::process_crash, .checkpoint_pages = 1};
        return std::make_unique<acta::sqlite_log>(here / "contract.acta", how);
    });
}
