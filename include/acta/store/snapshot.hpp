// A folded state that spares a reading the events behind it.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/envelope.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace acta {

/// One stream's state at a version, as bytes. A store keeps the newest of each stream and may lose any: the events are the truth.
struct snapshot {
    stream_name stream{};
    acta::version version = 0;
    acta::position position = 0;    ///< of the event of that version
    std::uint64_t fingerprint = 0;  ///< of all that gives the bytes their meaning; another one makes a snapshot worthless
    std::vector<std::byte> data{};
};

}  // namespace acta
