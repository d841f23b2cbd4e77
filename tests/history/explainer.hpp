// Can it have happened so? Whether what was asked, answered and read at a store is explained by the positions in its log.
#pragma once

#include "recording.hpp"

#include <string>

namespace tests {

/// What is wrong with a history, as a sentence; "" where nothing is. The log is the only order there may be, and an append, a conflict, a
/// look or a reading each happened at one moment of it, between its beginning and its end:
///   * every success is stored once, whole, where it was told; nothing else is stored; of a command id there is one, and every other sender
///     of it was answered with that one;
///   * just before a success, what it expected was so, and what it was conditioned on had not come; at a conflict, what it told was so;
///   * the appends of one caller stand in the order in which they were sent;
///   * nothing that ended before another thing began is behind it in the log: O(n log n);
///   * each reader saw each position once, in order, to the end, and never half of a call.
std::string objection_to(const history& what);

}  // namespace tests
