// How much of a log each event type is, and whether a program can read all of it.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/match.hpp>
#include <acta/store/log.hpp>

namespace acta {

/// The events of one stored type.
struct type_use {
    std::uint64_t events = 0;
    acta::position first = 0;  ///< 0 where there are none
    acta::position last = 0;
};

/// Counts the events of each type by reading the log, or the part that has one of these names; answers by type number, [0] empty.
std::vector<type_use> count_types(const log& of, std::vector<std::string> names = {});

/// "12 events are stored so, at positions 3 to 99": the end of a sentence about a type that cannot be read.
std::string use_text(const log& in, const stored_type& of);

/// Before the first append or reading: can every stored type whose name the list claims be read? Throws failure(layout_mismatch) with a
/// sentence that names event, revision, field, both types, how many events are affected and what to do.
void check_readable(const log& in, const event_list& listed);

}  // namespace acta
