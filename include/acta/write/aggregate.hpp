// The checks of an aggregate's state: a plain struct with a category, a list of events, and one evolve for each of them.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/aggregate.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/event/envelope.hpp>
#include <acta/event/event.hpp>
#include <acta/write/member_names.hpp>

#include <type_traits>

namespace acta {

namespace detail {
template <class T>
inline constexpr bool is_event_list = false;
template <class... E>
inline constexpr bool is_event_list<events<E...>> = true;
}  // namespace detail

/// Keep a snapshot when that many events had to be replayed: `using snapshots = acta::every<100>;` in an aggregate's state, whose line
/// `ACTA_STATE_CODEC(my::account);` stands in a source file that includes acta/event/codec.hpp. Snapshots are keyed by the layouts of the state and its
/// events and by `static constexpr std::uint32_t revision`, 1 unless it says so: who changes what an `evolve` does has to raise it.
template <version N>
struct every {
    static_assert(N > 0, "a snapshot after every 0 events: give at least 1");
    static constexpr version events = N;
};
/// `using verify_snapshots = acta::verify_one_in<1000>;`: of so many loads from a snapshot one replays all events instead, compares, and
/// reports a snapshot that says otherwise (dispatcher_options::on_wrong_snapshot): somebody forgot to raise the revision.
template <std::uint32_t N>
struct verify_one_in {
    static_assert(N > 0, "one load in 0 is verified: give at least 1");
    static constexpr std::uint32_t loads = N;
};

/// The state of one stream: `static constexpr acta::category category`, `using events`, and `void evolve(const E&)` for each event.
template <class A>
concept aggregate = requires {
    requires std::is_same_v<std::remove_cv_t<decltype(A::category)>, category>;
    requires detail::is_event_list<typename A::events>;
};

namespace detail {

/// An event that nobody lists: whoever takes it takes everything.
struct unlisted_event {
    static constexpr event_type event{"acta.unlisted"};
};

/// The result type of the one `evolve` that is declared exactly for E. Fails when there is none, and when a template is among them.
template <class A, class E>
struct exact_evolve {
    template <class R>
    static std::type_identity<R> probe(R (A::*)(const E&)) {
        return {};
    }
};

template <class A, class E>
concept evolves_exactly = requires {
    requires std::is_void_v<typename decltype(exact_evolve<A, E>::probe(&A::evolve))::type>;
};

template <class A, class Event>
concept evolve_takes = requires(A& state, Event event) {
    state.evolve(static_cast<Event>(event));
};

template <class A, class E>
concept evolves_somehow = evolve_takes<A, const E&> || evolve_takes<A, E&> || evolve_takes<A, E&&>;

template <class A, class E>
constexpr bool checked_evolve() {
    static_assert(evolves_somehow<A, E>, "an event of an aggregate's list has no `evolve`: write `void evolve(const E&)` for each of them");
    if constexpr (evolves_somehow<A, E>)
        static_assert(evolves_exactly<A, E>,
                      "an `evolve` is not exactly `void evolve(const E&)`: it takes its event by const reference, returns nothing, is "
                      "neither const nor static, and is no template");
    return true;
}

template <class A, class List>
struct checked_evolves;
template <class A, class... E>
struct checked_evolves<A, events<E...>> {
    static_assert((checked_evolve<A, E>() && ...));
};

template <class A>
constexpr bool checked_aggregate() {
    static_assert(aggregate<A>, "an aggregate's state needs `static constexpr acta::category category{\"account\"};` and `using events = "
                                "acta::events<...>;`");
    static_assert(can_be_asked<A>, "an aggregate's state is a class that is not final: acta cannot check the functions of a final class");
    static_assert(std::is_default_constructible_v<A> && std::is_copy_constructible_v<A>,
                  "an aggregate's state is a plain value: default constructible (give every field an initialiser) and copyable");
    if constexpr (requires { A::ignores; })
        static_assert(is_event_names<std::remove_cv_t<decltype(A::ignores)>>,
                      "the events that an aggregate passes over are `static constexpr acta::event_names ignores{\"account.audited\"};`");
    if constexpr (aggregate<A> && can_be_asked<A>) {
        static_assert(!has_decide<A>, "an aggregate's state has no `decide`: it belongs to a handler set, apart from the state");
        static_assert(!has_apply<A>, "an aggregate *evolves*; `apply` belongs to a projection");
        if constexpr (evolve_takes<A, const unlisted_event&>)
            static_assert(!std::is_same_v<A, A>, "a template among the `evolve` functions would swallow new events: write one `void "
                                                 "evolve(const E&)` for each event");
        else static_assert(sizeof(checked_evolves<A, typename A::events::current>) > 0);
    }
    return true;
}

}  // namespace detail

}  // namespace acta
