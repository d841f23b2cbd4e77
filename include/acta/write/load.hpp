// From a stream's stored events to an aggregate's state, and load(): reading an aggregate without a command.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/load.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/event/match.hpp>
#include <acta/store/log.hpp>
#include <acta/write/aggregate.hpp>

#include <atomic>
#include <functional>
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

template <class A>
concept keeps_snapshots = requires {
    A::snapshots::events;
};

template <class A>
constexpr std::uint32_t state_revision() {
    if constexpr (requires { A::revision; }) return A::revision;
    else return 1;
}

/// What a snapshot's bytes mean: see src/store/FORMAT.md, "Snapshots".
std::uint64_t snapshot_fingerprint(const state_codec& state, const event_list& listed, std::uint32_t revision);

/// A state, and how much of it came from a snapshot.
template <aggregate A>
struct folded : loaded<A> {
    acta::version snapshot = 0;  ///< the version that a snapshot has spared; 0: none did
};

/// The snapshot to keep of a state, or nothing where the one that is there (at version `kept`) is young enough.
template <aggregate A>
std::optional<snapshot> snapshot_due(const stream_name& stream, const A& state, version at, position where, version kept) {
    if constexpr (keeps_snapshots<A>) {
        if (at - kept < A::snapshots::events) return std::nullopt;
        snapshot made{
            stream, at, where, snapshot_fingerprint(state_codec_of<A>(), event_list_of<typename A::events>(), state_revision<A>()), {}};
        state_codec_of<A>().encode(&state, made.data);
        return made;
    } else {
        return std::nullopt;
    }
}

/// Items that name tags alone find the aggregate's events.
template <aggregate A>
query with_types(query what) {
    for (query_item& item : what.items)
        if (item.types.empty() && !item.tags.empty())
            for (const std::string_view name : names_in_store(event_list_of<typename A::events>())) item.types.emplace_back(name);
    return what;
}

/// Told in a sentence of a snapshot that says something else than its events.
using snapshot_report = std::function<void(const std::string&)>;
std::string wrong_snapshot_text(const stream_name& stream, version at);

/// Evolves states by stored events. Keeps its page and one object per event type, so reuse it. Not thread-safe.
template <aggregate A, class List = typename A::events::current>
class loader;

template <aggregate A, class... E>
class loader<A, events<E...>> {
public:
    /// The log and the report outlive it; where there is none snapshots are not verified.
    explicit loader(const log& from, const snapshot_report* report = nullptr)
        : log_(from), types_(from, event_list_of<typename A::events>(), ignored_by<A>()), report_(report) {}

    /// Evolves `into` by the events behind its version, up to version `until`; a new state begins with the stream's snapshot. Throws as
    /// log::read_page does, and failure(unknown_event, layout_mismatch, damaged); then `into` is of no use.
    void catch_up(const stream_name& stream, acta::version until, folded<A>& into) {
        if constexpr (keeps_snapshots<A>)
            if (into.version == 0) begin_with_snapshot(stream, until, into);
        read_options what{.after = into.version, .until = until};
        read(&stream, what, into);
    }

    /// Evolves `into` by what the query finds behind `seen`, which becomes the position up to which all was found.
    void catch_up(const query& what, position& seen, folded<A>& into) {
        read_options options{.after = seen};
        options.query = what;
        options.until = log_.head();
        read(nullptr, options, into);
        seen = options.until;
        into.version = 0;  // of no one stream
    }

private:
    using evolve_one = void (loader::*)(const stored_event&, payload_path&, A&);

    void read(const stream_name* stream, read_options& what, folded<A>& into) {
        const position until = what.until;
        do {
            log_.read_page(stream, what, page_);
            for (const stored_event& event : page_.events()) {
                static constexpr evolve_one evolves[] = {&loader::evolve<E>...};
                for (payload_path& path : types_.paths_of(event)) (this->*evolves[path.index()])(event, path, into.state);
                into.version = event.version;
                into.position = event.position;
            }
            what.after = page_.next();
        } while (!page_.last());
        what.until = until;
    }

    void begin_with_snapshot(const stream_name& stream, acta::version until, folded<A>& into) {
        const auto kept = log_.find_snapshot(stream);
        if (!kept || kept->version > until) return;
        if (kept->fingerprint != snapshot_fingerprint(state_codec_of<A>(), event_list_of<typename A::events>(), state_revision<A>()))
            return;
        folded<A> begun;
        try {
            state_codec_of<A>().decode(kept->data, &begun.state);
        } catch (const failure&) { return; }  // the events say it all anyway
        begun.version = begun.snapshot = kept->version;
        begun.position = kept->position;
        if (report_ && is_verified()) return verify(stream, begun, kept->data, into);
        into = std::move(begun);
    }
    static bool is_verified() {
        if constexpr (requires { A::verify_snapshots::loads; }) {
            static std::atomic<std::uint32_t> loads{0};
            return ++loads % A::verify_snapshots::loads == 0;
        } else {
            return false;
        }
    }
    void verify(const stream_name& stream, folded<A>& kept, const std::vector<std::byte>& bytes, folded<A>& into) {
        read_options all{.until = kept.version};
        read(&stream, all, into);
        std::vector<std::byte> replayed;
        state_codec_of<A>().encode(&into.state, replayed);
        if (replayed == bytes && into.version == kept.version) into.snapshot = kept.snapshot;
        else (*report_)(wrong_snapshot_text(stream, kept.version));
    }

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
    const snapshot_report* report_;
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
    detail::folded<A> result;
    if (at > 0) detail::loader<A>(from).catch_up(stream_name(A::category, id), at, result);
    if (result.version == 0) return std::nullopt;
    return std::optional<loaded<A>>(std::move(result));
}

}  // namespace acta
