// Checks that a projection's rows are the same however they came to be: live, rebuilt, or after a crash at any commit.
#pragma once

#if !defined(ACTA_ROOM_TESTING)
#error "acta/testing/replay_equality.hpp belongs to tests: link acta::testing"
#endif

#include <acta/read/projection.hpp>

#include <source_location>

namespace acta {

class log;

namespace testing {

namespace detail {

void check_rebuild_equals_live(const log& from, const acta_projection& of, const std::source_location& where);
void check_crash_at_every_commit(const log& from, const acta_projection& of, const std::source_location& where);

template <class P>
constexpr bool has_rows() {
    static_assert(
        requires(P & p) { p.tables(); }, "a projection without tables() has no rows to compare");
    return true;
}

}  // namespace detail

/// The rows of P, brought up to date with the log event by event, by a runner that is opened anew in between, are those of a rebuild. One
/// assertion of the running doctest case; what differs is shown. A projection that keeps what it needs in members instead of tables, or
/// asks the clock, fails it.
template <class P>
void rebuild_equals_live(const log& from, const std::source_location& where = std::source_location::current()) {
    static_assert(detail::has_rows<P>());
    detail::check_rebuild_equals_live(from, abi_of<P>(), where);
}

/// For every n: stopped after its n-th commit, and opened again, a runner of P ends with the rows of one that was never stopped. One
/// assertion. Runs the log about as often as it has events: give it a short one.
template <class P>
void crash_at_every_commit(const log& from, const std::source_location& where = std::source_location::current()) {
    static_assert(detail::has_rows<P>());
    detail::check_crash_at_every_commit(from, abi_of<P>(), where);
}

}  // namespace testing

}  // namespace acta
