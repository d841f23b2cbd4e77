// The checks of a handler set, and running the decide of one command.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/handler.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/condition.hpp>
#include <acta/write/aggregate.hpp>
#include <acta/write/command.hpp>
#include <acta/write/context.hpp>
#include <acta/write/decision.hpp>
#include <acta/write/destination.hpp>

#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <utility>

namespace acta {

/// Command handlers for one aggregate: `using aggregate`, `using commands`, `static const std::string& id(const auto& command)` and
/// a `decide` for each command, static or const. What it takes says when it applies: `decide(const C&)` makes a new stream and is
/// refused with `already_exists` where there is one; `decide(const State&, const C&)` needs one and is refused with `does_not_exist`
/// where there is none, except for those of `using creates_if_absent = acta::commands<...>`, which then get the initial state. Either
/// may take a last `const acta::context&`. `static std::optional<acta::refusal> validate(const C&)` runs before anything is loaded.
///
/// A command for several aggregates has an `id` that returns a std::array, and `decide(const State& first, const State& second, const C&)`;
/// all of them must exist, the versions of all are checked, and each event says where it goes: `| acta::to<state>(id)`.
///
/// A command that rests on more than a stream has `static acta::query boundary(const C&)` as well: the state is then folded from what the
/// query finds (items that name no type find the aggregate's events), `decide(const State&, const C&)` is asked whether or not there is
/// anything, the append is guarded by the query, and events go to the stream of the id, whatever its version, or where `| acta::to(...)` says.
template <class H>
concept handler_set = requires {
    requires aggregate<typename H::aggregate>;
    H::commands::size;
};

namespace detail {

/// A command that nobody lists: whoever takes it takes everything.
struct unlisted_command {
    static constexpr command_type command{"acta.unlisted"};
};

/// The result type of the one `decide` that is declared for exactly these arguments. Fails when there is none, and when a template
/// is among them.
template <class H, class... Args>
struct exact_decide {
    template <class R>
    static std::type_identity<R> probe(R (*)(Args...)) {
        return {};
    }
    template <class R>
    static std::type_identity<R> probe(R (H::*)(Args...) const) {
        return {};
    }
};

template <class H, class... Args>
concept decides_exactly = requires {
    exact_decide<H, Args...>::probe(&H::decide);
};

template <class H, class... Args>
concept decide_takes = requires(H& handlers, Args... args) {
    handlers.decide(static_cast<Args>(args)...);
};

template <class H, class C>
concept identifies_something = requires(const C& command) {
    H::id(command);
};
template <class T>
inline constexpr std::size_t ids_in = 1;
template <class T, std::size_t N>
inline constexpr std::size_t ids_in<std::array<T, N>> = N;
/// How many streams a command is for.
template <class H, class C>
constexpr std::size_t streams_of() {
    if constexpr (identifies_something<H, C>) return ids_in<std::remove_cvref_t<decltype(H::id(std::declval<const C&>()))>>;
    else return 1;
}

template <std::size_t, class T>
using repeated = T;
template <class H, class C, class Indexes = std::make_index_sequence<streams_of<H, C>()>>
struct decide_arguments;
template <class H, class C, std::size_t... I>
struct decide_arguments<H, C, std::index_sequence<I...>> {
    using state = typename H::aggregate;
    static constexpr bool taken_somehow = decide_takes<H, C> || decide_takes<H, C, context&> ||
                                          decide_takes<H, repeated<I, state&>..., C> ||
                                          decide_takes<H, repeated<I, state&>..., C, context&>;
    static constexpr bool creates_alone = sizeof...(I) == 1 && decides_exactly<H, const C&>;
    static constexpr bool creates_with_context = sizeof...(I) == 1 && decides_exactly<H, const C&, const context&>;
    static constexpr bool changes_alone = decides_exactly<H, repeated<I, const state&>..., const C&>;
    static constexpr bool changes_with_context = decides_exactly<H, repeated<I, const state&>..., const C&, const context&>;

    static auto answer() {
        if constexpr (creates_alone) return exact_decide<H, const C&>::probe(&H::decide);
        else if constexpr (creates_with_context) return exact_decide<H, const C&, const context&>::probe(&H::decide);
        else if constexpr (changes_alone) return exact_decide<H, repeated<I, const state&>..., const C&>::probe(&H::decide);
        else return exact_decide<H, repeated<I, const state&>..., const C&, const context&>::probe(&H::decide);
    }
    static auto run(const H& handlers, const std::array<const state*, sizeof...(I)>& states, const C& command, const context& about) {
        if constexpr (creates_alone) return handlers.decide(command);
        else if constexpr (creates_with_context) return handlers.decide(command, about);
        else if constexpr (changes_alone) return handlers.decide(*states[I]..., command);
        else return handlers.decide(*states[I]..., command, about);
    }
};

template <class H, class C>
concept bounded = requires(const C& command) {
    { H::boundary(command) } -> std::same_as<query>;
};
template <class H, class C>
concept bounded_somehow = requires(H& handlers, C& command) {
    handlers.boundary(command);
};

/// How a handler set decides a command.
template <class H, class C>
struct decide_form {
    using arguments = decide_arguments<H, C>;
    static constexpr std::size_t streams = streams_of<H, C>();
    static constexpr bool bounded = detail::bounded<H, C>;
    static constexpr bool creates = arguments::creates_alone || arguments::creates_with_context;
    static constexpr bool upserts = [] {
        if constexpr (requires { typename H::creates_if_absent; }) return H::creates_if_absent::template contains<C>;
        else return false;
    }();
    static constexpr bool uses_context = arguments::creates_with_context || arguments::changes_with_context;
    static constexpr int found =
        arguments::creates_alone + arguments::creates_with_context + arguments::changes_alone + arguments::changes_with_context;
    /// Rests on one stream alone, whose state may be kept from one command to the next.
    static constexpr bool of_one_stream = streams == 1 && !bounded;
};

/// What the one decide of a command returns.
template <class H, class C>
using decide_answer = typename decltype(decide_arguments<H, C>::answer())::type;

template <class D, class List>
inline constexpr bool decision_within = false;
template <class... E, class List>
inline constexpr bool decision_within<decision<E...>, List> = (List::template contains<E> && ...);
template <class D>
inline constexpr bool is_decision = false;
template <class... E>
inline constexpr bool is_decision<decision<E...>> = true;

template <class T>
inline constexpr bool is_id = text_or_number<T> || strong_id<T>;
template <class T, std::size_t N>
inline constexpr bool is_id<std::array<T, N>> = N > 1 && (text_or_number<T> || strong_id<T>);
template <class H, class C>
concept identifies = requires(const C& command) {
    requires is_id<std::remove_cvref_t<decltype(H::id(command))>>;
};

template <class H, class C>
concept validates = requires(const C& command) {
    H::validate(command);
};
template <class H, class C>
concept validates_properly = requires(const C& command) {
    { H::validate(command) } -> std::same_as<std::optional<refusal>>;
};
template <class H, class C>
concept validates_somehow = requires(H& handlers, C& command) {
    handlers.validate(command);
}
|| requires(H& handlers, C&& command) { handlers.validate(static_cast<C&&>(command)); };

template <class H, class C>
constexpr bool checked_handler() {
    using form = decide_form<H, C>;
    static_assert(identifies<H, C>, "a handler set needs `static const std::string& id(const auto& command)`: the id of the stream that a "
                                    "command is for; a text, a whole number, or a strong type of either; a std::array of them for several");
    static_assert(!validates_somehow<H, C> || validates_properly<H, C>,
                  "a `validate` is not exactly `static std::optional<acta::refusal> validate(const C&)`");
    static_assert(!bounded_somehow<H, C> || bounded<H, C>, "a `boundary` is not exactly `static acta::query boundary(const C&)`");
    static_assert(form::arguments::taken_somehow,
                  "a command of a handler set's list has no `decide`: write `static acta::decision<...> decide(const "
                  "C&)` for a new stream or `decide(const State&, const C&)` for an existing one");
    if constexpr (form::arguments::taken_somehow) {
        static_assert(form::found > 0,
                      "a `decide` is not exactly `decide(const C&)` or `decide(const State&, const C&)`, with or without a "
                      "last `const acta::context&`: all are taken by const reference, it is static or const, and no template; where `id` "
                      "returns several ids, it takes as many states");
        static_assert(form::found < 2, "a command has two `decide`s: keep one, its arguments say whether the stream must be new");
    }
    if constexpr (form::found == 1) {
        static_assert(is_decision<decide_answer<H, C>>, "a `decide` returns `acta::decision<...>`, listing the events that may come of it");
        if constexpr (is_decision<decide_answer<H, C>>)
            static_assert(
                decision_within<decide_answer<H, C>, typename H::aggregate::events>,
                "a `decide` returns an event that its aggregate does not list: add it to the aggregate's `events`, with an `evolve`");
        static_assert(!(form::creates && form::upserts),
                      "a command of `creates_if_absent` is decided with the state: `decide(const State&, const C&)`");
        static_assert(
            !(form::bounded && (form::creates || form::streams > 1)),
            "a command with a `boundary` is for one stream and is decided on what the query finds: `decide(const State&, const C&)`");
    }
    return true;
}

template <class H, class List>
struct checked_commands;
template <class H, class... C>
struct checked_commands<H, commands<C...>> {
    static_assert((checked_handler<H, C>() && ...));
};

template <class H>
constexpr bool creates_only_what_it_handles() {
    if constexpr (requires { typename H::creates_if_absent; })
        return []<class... C>(commands<C...>) { return (H::commands::template contains<C> && ...); }(typename H::creates_if_absent{});
    else return true;
}

template <class H>
constexpr bool swallows_commands() {
    using state = typename H::aggregate;
    using any_command = const unlisted_command&;
    return decide_takes<H, any_command> || decide_takes<H, any_command, const context&> || decide_takes<H, const state&, any_command> ||
           decide_takes<H, const state&, any_command, const context&>;
}

template <class H>
constexpr bool checked_handler_set() {
    if constexpr (requires { typename H::aggregate; })
        static_assert(aggregate<typename H::aggregate>,
                      "an aggregate needs `static constexpr acta::category category{\"...\"};` and `using "
                      "events = acta::events<...>;`");
    static_assert(handler_set<H>, "a handler set needs `using aggregate = ...;` and `using commands = "
                                  "acta::commands<...>;`");
    static_assert(can_be_asked<H>, "a handler set is a class that is not final: acta cannot check the functions of a final class");
    if constexpr (handler_set<H> && can_be_asked<H>) {
        static_assert(checked_aggregate<typename H::aggregate>());
        static_assert(!has_evolve<H>, "a handler set has no `evolve`: an aggregate *evolves*, its command handlers only decide");
        static_assert(!has_apply<H>, "a handler set has no `apply`: an aggregate *evolves*; `apply` belongs to a projection");
        static_assert(creates_only_what_it_handles<H>(), "`creates_if_absent` lists a command that `commands` does not");
        static_assert(!swallows_commands<H>(), "a template among the `decide` functions would swallow new commands: write one `decide` for "
                                               "each command");
        if constexpr (!swallows_commands<H>()) static_assert(sizeof(checked_commands<H, typename H::commands>) > 0);
    }
    return true;
}

template <class H, class C>
std::optional<refusal> run_validate(const C& command) {
    if constexpr (validates<H, C>) return H::validate(command);
    else return std::nullopt;
}

/// Runs the decide of a command on states at their versions, and nothing else: what both the dispatcher and tests ask.
template <class H, class C, std::size_t N>
decide_answer<H, C> run_decide(const H& handlers, const std::array<const typename H::aggregate*, N>& states,
                               const std::array<version, N>& at, const C& command, const context& about) {
    using form = decide_form<H, C>;
    static_assert(N == form::streams);
    if constexpr (!form::bounded)
        for (const version one : at) {
            if (form::creates && one > 0) return already_exists;
            if (!form::creates && !form::upserts && one == 0) return does_not_exist;
        }
    return form::arguments::run(handlers, states, command, about);
}

/// The same for a command on one stream.
template <class H, class C>
decide_answer<H, C> run_decide(const H& handlers, const typename H::aggregate& state, version at, const C& command, const context& about) {
    return run_decide<H, C>(handlers, std::array{&state}, std::array{at}, command, about);
}

/// The streams that a command is for.
template <class H, class C>
std::array<stream_name, streams_of<H, C>()> names_of(const C& command) {
    const auto& ids = H::id(command);
    if constexpr (streams_of<H, C>() == 1) {
        return {stream_name(H::aggregate::category, id_text(ids))};
    } else {
        std::array<stream_name, streams_of<H, C>()> names;
        for (std::size_t i = 0; i < names.size(); ++i) names[i] = stream_name(H::aggregate::category, id_text(ids[i]));
        return names;
    }
}

}  // namespace detail

}  // namespace acta
