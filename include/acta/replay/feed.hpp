// What a log's events are handed to, when somebody runs a projection over them.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/event/envelope.hpp>
#include <acta/read/abi.h>

#include <functional>

namespace acta {

class log;

/// How a replay is getting on.
struct progress {
    acta::position position = 0;  ///< reached
    acta::position until = 0;     ///< to be reached
    std::uint64_t events = 0;     ///< delivered by this call
};
/// Called after every page of at most about 1,000 events, on the caller's thread. An exception of it ends the replay; what was
/// committed stays.
using on_progress = std::function<void(const progress&)>;

namespace detail {

/// Two functions of whoever takes events; both throw what is wrong.
struct receiver {
    void* self = nullptr;
    void (*learn)(void* self, const acta_stored_type& type) = nullptr;
    void (*apply)(void* self, const acta_event& event) = nullptr;
};

/// Hands over the events in (after, until] that `described` is about. Throws failure(projection_failed, layout_mismatch) with the
/// event's place, and what the log throws.
progress deliver(const log& from, const acta_projection& described, const receiver& to, acta::position after, acta::position until,
                 const on_progress& tell);

}  // namespace detail

}  // namespace acta
