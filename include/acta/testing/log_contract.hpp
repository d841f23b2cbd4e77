// What every store must do, as one suite: a store by somebody else is sound when it passes.
#pragma once

#if !defined(ACTA_ROOM_TESTING)
#error "acta/testing/log_contract.hpp belongs to tests: link acta::testing"
#endif

#include <acta/store/log.hpp>

#include <functional>
#include <memory>

namespace acta::testing {

/// Makes a new, empty log, stamped by this clock; the one before is gone by then. The clock outlives it.
using log_maker = std::function<std::unique_ptr<log>(const clock&)>;

/// Runs the suite inside a doctest case of the caller's:
///
///     TEST_CASE("my store is a log") {
///         acta::testing::log_contract([](const acta::clock& time) { return std::make_unique<my_log>(time); });
///     }
///
/// Each rule is a SUBCASE: order and gaps, all or nothing, every expected version, conditions and tokens, command ids, reading by
/// position, stream, type and query in both directions and by pages, concurrent writers, and reading and waiting while others write.
/// Threads are seeded; the seed is printed when a rule fails.
void log_contract(const log_maker& make);

}  // namespace acta::testing
