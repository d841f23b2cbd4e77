// Tells doctest what held and what did not, at a line of the user's own file.
#pragma once

#if !defined(ACTA_ROOM_TESTING)
#error "acta/testing/report.hpp belongs to tests: link acta::testing"
#endif

#include <acta/store/new_event.hpp>

#include <source_location>
#include <string>

namespace acta::testing {

/// Counts one assertion of the running doctest case: passed, or failed with `text` at `where`. The case goes on, as after a CHECK.
void report(bool passed, const std::string& text, const std::source_location& where);

/// An event on one line, as failures show it: `account.deposited {"cents":100}`, what is recorded beside it behind.
std::string readable(const new_event& event);

}  // namespace acta::testing
