// From a stream's stored events to an aggregate's state, and load(): reading an aggregate without a command.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/load.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/event/match.hpp>
#include <acta/store/log.hpp>
#include <acta/write/aggregate.hpp>

#include <limits>
#include <optional>
#include <span>
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

/// Which events of an aggregate's list a stored one becomes. Resolved once per type and remembered. Not thread-safe.
class stored_types {
public:
    /// The log, the list and the names that are passed over outlive it.
    stored_types(const log& from, const event_list& listed, std::span<const std::string_view> ignored)
        : log_(from), listed_(listed), ignored_(ignored) {}

    /// Throws failure(unknown_event, layout_mismatch) with a sentence that names the event's place.
    std::vector<payload_path>& paths_of(const stored_event& event) {
        if (event.type < paths_.size() && paths_[event.type]) return *paths_[event.type];
        return resolve(event);
    }
    /// The sentence of a payload that could not be decoded, with its place.
    [[noreturn]] void undecodable(const stored_event& event, const failure& why) const;

private:
    std::vector<payload_path>& resolve(const stored_event& event);

    const log& log_;
    const event_list& listed_;
    std::span<const std::string_view> ignored_;
    std::vector<std::optional<std::vector<payload_path>>> paths_;  // by type id
};

template <class A>
std::span<const std::string_view> ignored_by() {
    if constexpr (requires { A::ignores; }) return A::ignores.all;
    else return {};
}

/// Evolves states by stored events. Keeps its page and one object per event type, so reuse it. Not thread-safe.
template <aggregate A, class List = typename A::events::current>
class loader;

template <aggregate A, class... E>
class loader<A, events<E...>> {
public:
    /// The log outlives it.
    explicit loader(const log& from) : log_(from), types_(from, event_list_of<typename A::events>(), ignored_by<A>()) {}

    /// Evolves `into` by the events behind its version, up to version `until`. Throws as log::read_page does, and
    /// failure(unknown_event, layout_mismatch, damaged); then `into` is of no use.
    void catch_up(const stream_name& stream, acta::version until, loaded<A>& into) {
        read_options what{.after = into.version, .until = until};
        do {
            log_.read_page(&stream, what, page_);
            for (const stored_event& event : page_.events()) {
                static constexpr evolve_one evolves[] = {&loader::evolve<E>...};
                for (payload_path& path : types_.paths_of(event)) (this->*evolves[path.index()])(event, path, into.state);
                into.version = event.version;
                into.position = event.position;
            }
            what.after = page_.next();
        } while (!page_.last());
    }

private:
    using evolve_one = void (loader::*)(const stored_event&, payload_path&, A&);

    template <class One>
    void evolve(const stored_event& stored, payload_path& path, A& state) {
        One& event = std::get<One>(events_);
        try {
            path.read(stored.payload, &event);
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
