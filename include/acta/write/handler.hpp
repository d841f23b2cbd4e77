// The checks of a handler set, and running the decide of one command.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/handler.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/write/aggregate.hpp>
#include <acta/write/command.hpp>
#include <acta/write/context.hpp>
#include <acta/write/decision.hpp>

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace acta {

/// Command handlers for one aggregate: `using aggregate`, `using commands`, `static const std::string& id(const auto& command)` and
/// a `decide` for each command, static or const. What it takes says when it applies: `decide(const C&)` makes a new stream and is
/// refused with `already_exists` where there is one; `decide(const State&, const C&)` needs one and is refused with `does_not_exist`
/// where there is none, except for those of `using creates_if_absent = acta::commands<...>`, which then get the initial state. Either
/// may take a last `const acta::context&`. `static std::optional<acta::refusal> validate(const C&)` runs before anything is loaded.
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
concept decides_somehow = decide_takes<H, C> || decide_takes<H, C, context&> || decide_takes<H, typename H::aggregate&, C> ||
    decide_takes<H, typename H::aggregate&, C, context&>;

/// How a handler set decides a command.
template <class H, class C>
struct decide_form {
    using state = typename H::aggregate;
    static constexpr bool creates_alone = decides_exactly<H, const C&>;
    static constexpr bool creates_with_context = decides_exactly<H, const C&, const context&>;
    static constexpr bool changes_alone = decides_exactly<H, const state&, const C&>;
    static constexpr bool changes_with_context = decides_exactly<H, const state&, const C&, const context&>;
    static constexpr int found = creates_alone + creates_with_context + changes_alone + changes_with_context;

    static constexpr bool creates = creates_alone || creates_with_context;
    static constexpr bool upserts = [] {
        if constexpr (requires { typename H::creates_if_absent; }) return H::creates_if_absent::template contains<C>;
        else return false;
    }();
    static constexpr bool uses_context = creates_with_context || changes_with_context;
};

/// What the one decide of a command returns.
template <class H, class C>
auto probe_answer() {
    using form = decide_form<H, C>;
    using state = typename H::aggregate;
    if constexpr (form::creates_alone) return exact_decide<H, const C&>::probe(&H::decide);
    else if constexpr (form::creates_with_context) return exact_decide<H, const C&, const context&>::probe(&H::decide);
    else if constexpr (form::changes_alone) return exact_decide<H, const state&, const C&>::probe(&H::decide);
    else return exact_decide<H, const state&, const C&, const context&>::probe(&H::decide);
}
template <class H, class C>
using decide_answer = typename decltype(probe_answer<H, C>())::type;

template <class D, class List>
inline constexpr bool decision_within = false;
template <class... E, class List>
inline constexpr bool decision_within<decision<E...>, List> = (List::template contains<E> && ...);
template <class D>
inline constexpr bool is_decision = false;
template <class... E>
inline constexpr bool is_decision<decision<E...>> = true;

template <class T>
concept text_or_number = std::convertible_to<const T&, std::string_view> || std::integral<T>;
template <class T>
concept strong_id = requires(const T& id) {
    requires text_or_number<std::remove_cvref_t<decltype(id.get())>>;
};

/// An id as text, whatever the domain keeps it in: a text, a whole number, or a strong type of either. Borrows the text.
class id_text {
public:
    template <class T>
    explicit id_text(const T& id) {
        if constexpr (text_or_number<T>) set(id);
        else set(id.get());
    }
    id_text(const id_text&) = delete;
    id_text& operator=(const id_text&) = delete;
    operator std::string_view() const noexcept { return text_; }

private:
    template <class T>
    void set(const T& id) {
        if constexpr (std::integral<T>)
            text_ = {digits_, static_cast<std::size_t>(std::to_chars(digits_, digits_ + sizeof digits_, id).ptr - digits_)};
        else text_ = id;
    }
    std::string_view text_;
    char digits_[24];
};

template <class H, class C>
concept identifies = requires(const C& command) {
    H::id(command);
    requires text_or_number<std::remove_cvref_t<decltype(H::id(command))>> || strong_id<std::remove_cvref_t<decltype(H::id(command))>>;
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
                                    "command is for; a text, a whole number, or a strong type of either");
    static_assert(!validates_somehow<H, C> || validates_properly<H, C>,
                  "a `validate` is not exactly `static std::optional<acta::refusal> validate(const C&)`");
    static_assert(decides_somehow<H, C>,
                  "a command of a handler set's list has no `decide`: write `static acta::decision<...> decide(const "
                  "C&)` for a new stream or `decide(const State&, const C&)` for an existing one");
    if constexpr (decides_somehow<H, C>) {
        static_assert(form::found > 0,
                      "a `decide` is not exactly `decide(const C&)` or `decide(const State&, const C&)`, with or without a "
                      "last `const acta::context&`: all are taken by const reference, it is static or const, and no template");
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
    static_assert(handler_set<H>, "a handler set needs `using aggregate = ...;`, whose state is an aggregate's, and `using commands = "
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

/// Runs the decide of a command on a stream's state at a version, and nothing else: what both the dispatcher and tests ask.
template <class H, class C>
decide_answer<H, C> run_decide(const H& handlers, const typename H::aggregate& state, version at, const C& command, const context& about) {
    using form = decide_form<H, C>;
    if (form::creates && at > 0) return already_exists;
    if (!form::creates && !form::upserts && at == 0) return does_not_exist;
    if constexpr (form::creates_alone) return handlers.decide(command);
    else if constexpr (form::creates_with_context) return handlers.decide(command, about);
    else if constexpr (form::changes_alone) return handlers.decide(state, command);
    else return handlers.decide(state, command, about);
}

}  // namespace detail

}  // namespace acta
