// From a stream's stored events to an aggregate's state, and load(): reading an aggregate without a command.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/load.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/log.hpp>
#include <acta/write/aggregate.hpp>

#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

namespace acta {

/// A state and where in its stream and in the store it stands.
template <aggregate A>
struct loaded {
    A state{};
    acta::version version = 0;    ///< of the newest event in it
    acta::position position = 0;  ///< of the newest event in it
};

namespace detail {

/// Which event of a program's list a stored type is. Resolved once per type and remembered. Not thread-safe.
class stored_types {
public:
    /// The log and the codecs outlive it.
    stored_types(const log& from, std::vector<const event_codec*> listed) : log_(from), listed_(std::move(listed)) {}

    /// The index in the list. Throws failure(unknown_event, layout_mismatch) with a sentence that names the event's place.
    std::size_t index_of(const stored_event& event) {
        if (event.type < indexes_.size() && indexes_[event.type] != unresolved) return indexes_[event.type];
        return resolve(event);
    }
    /// The sentence of a payload that could not be decoded, with its place.
    [[noreturn]] void undecodable(const stored_event& event, const failure& why) const;

private:
    static constexpr std::size_t unresolved = std::numeric_limits<std::size_t>::max();
    std::size_t resolve(const stored_event& event);

    const log& log_;
    std::vector<const event_codec*> listed_;
    std::vector<std::size_t> indexes_;  // by type id
};

/// Evolves states by stored events. Keeps its page and one object per event type, so reuse it. Not thread-safe.
template <aggregate A, class List = typename A::events>
class loader;

template <aggregate A, class... E>
class loader<A, events<E...>> {
public:
    /// The log outlives it.
    explicit loader(const log& from) : log_(from), types_(from, {&codec_of<E>()...}) {}

    /// Evolves `into` by the events behind its version, up to version `until`. Throws as log::read_page does, and
    /// failure(unknown_event, layout_mismatch, damaged); then `into` is of no use.
    void catch_up(const stream_name& stream, acta::version until, loaded<A>& into) {
        read_options what{.after = into.version, .until = until};
        do {
            log_.read_page(&stream, what, page_);
            for (const stored_event& event : page_.events()) {
                static constexpr evolve_one evolves[] = {&loader::evolve<E>...};
                (this->*evolves[types_.index_of(event)])(event, into.state);
                into.version = event.version;
                into.position = event.position;
            }
            what.after = page_.next();
        } while (!page_.last());
    }

private:
    using evolve_one = void (loader::*)(const stored_event&, A&);

    template <class One>
    void evolve(const stored_event& stored, A& state) {
        One& event = std::get<One>(events_);
        try {
            codec_of<One>().decode(stored.payload, &event);
        } catch (const failure& why) { types_.undecodable(stored, why); }
        state.evolve(std::as_const(event));
    }

    const log& log_;
    stored_types types_;
    page page_;
    std::tuple<E...> events_;
};

}  // namespace detail

/// The aggregate of this id as it is now, or as it was at version `at` (a shorter stream is given as it is: see `version`); nothing
/// when the stream has no events. Throws failure(bad_name) for an id that no stream may have, failure(unknown_event,
/// layout_mismatch) when the stream holds what this program cannot read, and what the log throws.
template <aggregate A>
std::optional<loaded<A>> load(const log& from, std::string_view id, version at = std::numeric_limits<version>::max()) {
    static_assert(detail::checked_aggregate<A>());
    loaded<A> result;
    if (at > 0) detail::loader<A>(from).catch_up(stream_name(A::category, id), at, result);
    if (result.version == 0) return std::nullopt;
    return result;
}

}  // namespace acta
