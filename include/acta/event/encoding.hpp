// How an event type reaches its bytes without cereal being seen: one table of functions per event, made by ACTA_CODECS.
#pragma once

#include <acta/event/bytes.hpp>
#include <acta/event/event.hpp>
#include <acta/event/layout.hpp>
#include <acta/event/tag.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace acta {

/// What acta knows of one event type at run time. Lives for the whole program; thread-safe.
struct event_codec {
    event_type type;
    layout shape{};             ///< with the initial values of its fields
    std::string layout_text{};  ///< of `shape`
    std::uint64_t fingerprint = 0;
    /// Appends the payload of the event at `event`. Throws failure(misuse) when serialize() wrote other fields than its layout says.
    void (*encode)(const void* event, std::vector<std::byte>& out) = nullptr;
    /// Overwrites the event at `event` with a payload written with the same layout, reusing its memory. Throws failure(damaged).
    void (*decode)(byte_span payload, void* event) = nullptr;
    /// The event's own tags(), where it has that function; null otherwise.
    std::vector<tag> (*tags)(const void* event) = nullptr;

    // ---- of events that were changed
    std::vector<std::string_view> former_names{};  ///< its `formerly`
    const event_codec* older = nullptr;            ///< of the struct that it is upcast from; null where there is none
    /// Overwrites the event at `event` by the upcast of the one at `old`.
    void (*upcast)(const void* old, void* event) = nullptr;
    /// A new default value.
    std::shared_ptr<void> (*make)() = nullptr;
};

/// The codec of an event. Defined by the one line `ACTA_CODECS(my::events);` in the one source file that includes
/// acta/event/codec.hpp; a linker that misses `acta::codec_of<my::event>()` misses that line.
template <event E>
const event_codec& codec_of();

/// The codecs of every ACTA_CODECS line that is linked into this program or library, each once. Complete when main begins.
std::vector<const event_codec*> linked_codecs();

/// How a value that is no event becomes JSON and comes back: a nested struct or a list in a row of a projection's table.
struct json_codec {
    std::string layout_text;
    /// Throws failure(misuse) for what JSON cannot hold: numbers that are not finite, text that is not UTF-8.
    std::string (*to_json)(const void* value) = nullptr;
    /// Overwrites the value. Throws failure(damaged) for JSON of another shape.
    void (*from_json)(std::string_view json, void* value) = nullptr;
};

/// How an aggregate's state becomes the bytes of a snapshot and comes back.
struct state_codec {
    std::string layout_text;
    void (*encode)(const void* state, std::vector<std::byte>& out) = nullptr;
    /// Overwrites the state. Throws failure(damaged).
    void (*decode)(byte_span bytes, void* state) = nullptr;
};

/// Defined by the line `ACTA_STATE_CODEC(my::account);` in a source file of the write side that includes acta/event/codec.hpp; a linker that
/// misses `acta::state_codec_of<my::account>()` misses that line.
template <class A>
const state_codec& state_codec_of();

/// Defined by the line `ACTA_JSON_COLUMNS(my::address, std::vector<my::line>);` beside ACTA_CODECS; a linker that misses
/// `acta::json_codec_of<my::address>()` misses that line.
template <class T>
const json_codec& json_codec_of();

/// A list of events at run time: the codecs of those that somebody handles, in the list's order, and of the retired ones.
struct event_list {
    std::vector<const event_codec*> current{};
    std::vector<const event_codec*> retired{};
};

namespace detail {

void note_linked(const event_codec& (*codec)());

template <class E>
void put_codec(event_list& into) {
    if constexpr (is_retired<E>) into.retired.push_back(&codec_of<struct_of<E>>());
    else into.current.push_back(&codec_of<E>());
}
template <class... E>
event_list make_event_list(std::type_identity<events<E...>>) {
    event_list made;
    (put_codec<E>(made), ...);
    return made;
}

}  // namespace detail

/// The list at run time. Lives for the whole program; thread-safe.
template <class List>
const event_list& event_list_of() {
    static const event_list made = detail::make_event_list(std::type_identity<List>{});
    return made;
}

}  // namespace acta
