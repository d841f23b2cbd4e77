// How an event type reaches its bytes without cereal being seen: one table of functions per event, made by ACTA_CODECS.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <acta/event/bytes.hpp>
#include <acta/event/event.hpp>
#include <acta/event/tag.hpp>

namespace acta {

/// What acta knows of one event type at run time. Lives for the whole program; thread-safe.
struct event_codec {
    event_type type;
    std::string layout_text;
    std::uint64_t fingerprint = 0;
    /// Appends the payload of the event at `event`. Throws failure(misuse) when serialize() wrote other fields than its layout says.
    void (*encode)(const void* event, std::vector<std::byte>& out) = nullptr;
    /// Overwrites the event at `event` with a payload written with the same layout, reusing its memory. Throws failure(damaged).
    void (*decode)(byte_span payload, void* event) = nullptr;
    /// The event's own tags(), where it has that function; null otherwise.
    std::vector<tag> (*tags)(const void* event) = nullptr;
};

/// The codec of an event. Defined by the one line `ACTA_CODECS(my::events);` in the one source file that includes
/// acta/event/codec.hpp; a linker that misses `acta::codec_of<my::event>()` misses that line.
template <event E>
const event_codec& codec_of();

}  // namespace acta
