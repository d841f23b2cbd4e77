// Which of a program's events a stored one becomes, how its payload gets there, and the sentence when it cannot.
#pragma once

#include <acta/event/encoding.hpp>
#include <acta/event/resolution.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace acta {

/// An event type as a store holds it. Borrowed.
struct type_in_store {
    std::string_view name{};
    std::uint32_t revision = 0;
    std::uint64_t fingerprint = 0;
    std::string_view layout_text{};
};

/// The way from the payloads of one stored type to one event of a program: decoded straight where it is stored with the layout that the
/// program gives it, else by the names of its fields (resolution.hpp), then through upcasts. Move-only, and used by one thread at a time: it has memory of its own to work in.
class payload_path {
public:
    /// From payloads of `source` to events of `target`, which is `source` or was upcast from it; `index` is the target's place in its
    /// list. `from` is null where they are stored with the layout of `source`.
    payload_path(std::shared_ptr<const resolution> from, const event_codec& source, const event_codec& target, std::size_t index);

    /// The event's place among the current events of the list.
    std::size_t index() const noexcept { return index_; }
    /// Overwrites the event at `event`, an object of the listed type, reusing its memory. Throws failure(damaged), and what an upcast throws.
    void read(byte_span payload, void* event) { straight_ ? straight_(payload, event) : read_changed(payload, event); }

private:
    struct upcast_step {
        void (*upcast)(const void* old, void* event);
        std::shared_ptr<void> old;  ///< the object that this step starts from
    };
    void read_changed(byte_span payload, void* event);

    std::size_t index_;
    void (*straight_)(byte_span payload, void* event);
    std::shared_ptr<const resolution> resolve_;
    std::vector<std::byte> resolved_;
    void (*decode_)(byte_span payload, void* event);
    std::vector<upcast_step> upcasts_;
};

/// The ways of the events of one stored type, in the order of the list: several when current events were split from an old one, none when
/// it is retired; nothing when no event of the list has, or formerly had, that name. Throws failure(layout_mismatch) when the name is
/// known but no struct of that revision is, or its fields cannot be resolved: what differs and what to do.
std::optional<std::vector<payload_path>> paths_for(const type_in_store& stored, const event_list& listed);

/// The way from a stored layout of that name and revision to the program's; null where they are the same. Throws
/// failure(layout_mismatch) with the whole sentence.
std::shared_ptr<const resolution> resolve(const type_in_store& stored, const event_codec& ours);

/// Every name under which events of the list may be stored: their own, former ones, and those of the structs that they are upcast from.
std::vector<std::string_view> names_in_store(const event_list& listed);
/// The same of one event.
std::vector<std::string_view> names_in_store(const event_codec& of);

}  // namespace acta
