// Reactions: effects outside of acta that events lead to, at least once each, in the order of their streams.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/read/projection.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace acta {

class clock;
class log;

/// The stored name of a reaction: `static constexpr acta::reaction_type reaction{"notices"};`. Checked while compiling. Under another name
/// it is another reaction, which begins anew.
struct reaction_type {
    projection_type stored;
    consteval reaction_type(detail::checked_name name) : stored(name) {}
    consteval reaction_type(const char* name) : stored(detail::checked_name(name)) {}
    constexpr std::string_view name() const { return stored.name; }
};

/// Where a reaction begins that has never run: `react_from::now` (what is in the store already is none of its business),
/// `react_from::beginning`, or behind a position: `react_from{17}`.
struct react_from {
    acta::position after = 0;
    static const react_from beginning;
    static const react_from now;
};
inline constexpr react_from react_from::beginning{0};
inline constexpr react_from react_from::now{-1};

namespace detail {

std::string idempotency_text(const stream_name& stream, acta::version version, acta::position position, timestamp recorded_at);

}  // namespace detail

/// The same text whenever this event is delivered, and but for a chance of 2^-122 another one for every other event of the store:
/// 8-4-4-4-12 hexadecimal digits (a UUIDv8). Give it to whatever the effect is on, so that a second delivery is told from a second event.
/// The parts of an event that was split share it, and so does a copy of the store. It is no secret, and no proof against forgery.
template <class E>
std::string idempotency_key(const recorded<E>& event) {
    return detail::idempotency_text(event.stream(), event.version(), event.position(), event.recorded_at());
}

namespace detail {

/// One reaction's object, and what it reacted to since its checkpoint moved last: when a batch is rolled back on account of one event,
/// the others of it are not reacted to again. Used by one thread at a time.
class reaction_state {
public:
    explicit reaction_state(std::shared_ptr<void> target) : target_(std::move(target)) {}
    void* target() const noexcept { return target_.get(); }
    /// `part` tells the events apart that one stored event was split into.
    bool done(acta::position where, std::size_t part) const { return done_.contains({where, part}); }
    void note(acta::position where, std::size_t part) { done_.insert({where, part}); }
    /// The checkpoint moved there.
    void committed(acta::position up_to) { done_.erase(done_.begin(), done_.lower_bound({up_to + 1, 0})); }

private:
    std::shared_ptr<void> target_;
    std::set<std::pair<acta::position, std::size_t>> done_;
};

/// Says for the time of a scope which reaction the events are for that this thread delivers. abi.h makes projections by their type
/// alone, while a reaction is an object that knows where its effects go.
class reacting_scope {
public:
    explicit reacting_scope(reaction_state& of) noexcept;
    reacting_scope(const reacting_scope&) = delete;
    reacting_scope& operator=(const reacting_scope&) = delete;
    ~reacting_scope();
    /// Throws failure(misuse) outside of every scope: whoever runs it is no runner of reactions.
    static reaction_state& current();

private:
    reaction_state* before_;
};

template <class R>
struct reaction_scope {};
template <class R>
    requires requires { typename R::from; }
struct reaction_scope<R> {
    using from = typename R::from;
};

/// The projection that a reaction is to a runner: no tables, a checkpoint and dead letters.
template <class R>
struct reacting : reaction_scope<R> {
    static constexpr projection_type projection = R::reaction.stored;
    using consumes = typename R::consumes;
    reacting() { static_cast<void>(reacting_scope::current()); }  // nobody else may even open what a reaction keeps
    template <class E>
    void apply(const recorded<E>& event) {
        reaction_state& to = reacting_scope::current();
        const std::size_t part = part_of<E>(std::type_identity<consumes>{});
        if (to.done(event.position(), part)) return;
        static_cast<R*>(to.target())->react(event);
        to.note(event.position(), part);
    }

private:
    template <class E, class... List>
    static constexpr std::size_t part_of(std::type_identity<events<List...>>) {
        return events<List...>::template index_of<E>;
    }
    template <class E>
    static constexpr std::size_t part_of(std::type_identity<any_event>) {
        return 0;
    }
};

template <class R>
concept has_reaction_type = requires {
    requires std::is_same_v<std::remove_cv_t<decltype(R::reaction)>, reaction_type>;
};
template <class R, class E>
concept reacts_exactly = requires {
    static_cast<void (R::*)(const recorded<E>&)>(&R::react);
};
template <class R, class Consumes>
inline constexpr bool reacts_to_all = false;
template <class R, class... E>
inline constexpr bool reacts_to_all<R, events<E...>> = (reacts_exactly<R, E> && ...);
template <class R>
inline constexpr bool reacts_to_all<R, any_event> = reacts_exactly<R, any_event>;

template <class R>
constexpr bool checked_reaction() {
    static_assert(has_reaction_type<R>, "a reaction needs `static constexpr acta::reaction_type reaction{\"name\"};`");
    static_assert(projections::has_consumes<R>, "a reaction needs `using consumes = acta::events<...>;`, the events that it reacts to");
    static_assert(
        !requires { &R::apply; }, "a reaction has no `apply`: a projection *applies* events, a reaction *reacts* to them");
    if constexpr (projections::has_consumes<R>)
        static_assert(reacts_to_all<R, typename projections::handled_events<typename R::consumes>::type>,
                      "a reaction needs a public `void react(const acta::recorded<E>&)` for each event E of its `consumes`");
    return true;
}

/// Puts the first checkpoint of a reaction where `where` says, unless one is stored; only then may a runner open the file. Throws
/// failure(busy) while somebody else is about to.
void begin_reaction(const log& of, const std::filesystem::path& file, const acta_projection& described, react_from where, const clock& now);

}  // namespace detail

/// A class with a `reaction_type`, a list of events and `react` for each of them.
template <class R>
concept reaction = detail::has_reaction_type<R>;

/// The table under which a runner runs a reaction, within a detail::reacting_scope. Lives for the whole program.
template <class R>
const acta_projection& reaction_abi_of() {
    static_assert(detail::checked_reaction<R>());
    static const detail::projections::c_table<detail::reacting<R>> made;
    return made.table();
}

}  // namespace acta
