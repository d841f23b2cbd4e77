// given(events).when(command).then(events): a handler set's behaviour as a sentence, without a store.
#pragma once

#if !defined(ACTA_ROOM_TESTING)
#error "acta/testing/given.hpp belongs to tests: link acta::testing"
#endif

#include <acta/write/handler.hpp>
#include <acta/testing/report.hpp>

#include <functional>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

namespace acta::testing {

/// An expected event, and the line that expects it. Made from an event or an annotated one where it is written.
struct expected_event {
    new_event event;
    std::source_location where;

    template <class E>
        requires acta::event<E> || requires(const E& annotated) { new_event(annotated); }
    expected_event(const E& expected, const std::source_location& at = std::source_location::current()) : event(expected), where(at) {}
};

/// An expected refusal, and the line that expects it. Made from a refusal where it is written.
struct expected_refusal {
    refusal why;
    std::source_location where;

    expected_refusal(const refusal& expected, const std::source_location& at = std::source_location::current())
        : why(expected), where(at) {}
};

namespace detail {
void check_events(const std::vector<new_event>& expected, const std::optional<refusal>& refused, const std::vector<new_event>& decided,
                  const std::source_location& where);
void check_refused(const refusal& expected, const std::optional<refusal>& refused, const std::vector<new_event>& decided,
                   const std::source_location& where);
}  // namespace detail

/// What a command was answered. Each `then` is one assertion of the running doctest case; one that does not hold fails the line it
/// stands on and shows what was expected and what was decided.
template <aggregate A>
class answer {
public:
    answer(A after, std::optional<refusal> refused, std::vector<new_event> decided)
        : state_(std::move(after)), refused_(std::move(refused)), decided_(std::move(decided)) {}

    /// Exactly these events, in this order: the same types and the same stored bytes. Metadata and tags are compared where they are
    /// written: `then(withdrawn{500} | acta::with("reason", "fee"))`.
    template <class... More>
    const answer& then(const expected_event& first, const More&... more) const {
        detail::check_events({first.event, new_event(more)...}, refused_, decided_, first.where);
        return *this;
    }
    /// (Of a chain over several lines clang names the first one here, and g++ this one.)
    const answer& then_nothing(const std::source_location& where = std::source_location::current()) const {
        detail::check_events({}, refused_, decided_, where);
        return *this;
    }
    const answer& then_refused(const expected_refusal& expected) const {
        detail::check_refused(expected.why, refused_, decided_, expected.where);
        return *this;
    }
    /// Hands over the state after the decision, for CHECKs of the caller's own.
    template <class F>
    const answer& then_state(F look) const {
        std::invoke(std::move(look), state_);
        return *this;
    }

private:
    A state_;
    std::optional<refusal> refused_;
    std::vector<new_event> decided_;
};

/// A stream's history, what the context shall say, and the handlers.
template <handler_set H>
class history {
    using state = typename H::aggregate;

public:
    template <class... E>
    explicit history(const E&... event) {
        (add(event), ...);
    }

    /// The handlers to ask, where they are configured.
    history& handled_by(H handlers) {
        handlers_.emplace(std::move(handlers));
        return *this;
    }
    /// What the context says: the time, the actor, the command's id, and the ids that it hands out, in this order.
    history& at(timestamp now) { return about_.now = now, *this; }
    history& by(std::string actor) { return about_.actor = std::move(actor), *this; }
    history& with_command_id(command_id id) { return about_.command_id = std::move(id), *this; }
    history& with_new_ids(std::vector<std::string> ids) { return about_.new_ids = std::move(ids), *this; }

    /// Runs validate and decide as a dispatcher does.
    template <command C>
    [[nodiscard]] answer<state> when(const C& command) const {
        static_assert(H::commands::template contains<C>, "when(...) takes a command that the handler set lists");
        if (const auto refused = acta::detail::run_validate<H>(command)) return {state_, refused, {}};
        const auto& id = H::id(command);
        context::known known = about_;
        known.stream = stream_name(state::category, acta::detail::id_text(id));
        context about(std::move(known));
        about.decide_at(version_);

        const auto decided = acta::detail::run_decide(handlers(), state_, version_, command, about);
        std::vector<new_event> events;
        state after = state_;
        for (const auto& value : decided.events())
            std::visit([&](const auto& one) { events.emplace_back(one), after.evolve(one.event); }, value);
        return {std::move(after), decided.refusal(), std::move(events)};
    }

private:
    /// As it would come back from a store, so that a field that serialize() forgets is missed here already.
    template <class E>
    void add(const E& event) {
        static_assert(state::events::template contains<E>, "given(...) takes events that the aggregate lists");
        E stored{};
        codec_of<E>().decode(new_event(event).payload(), &stored);
        state_.evolve(std::as_const(stored));
        ++version_;
    }
    const H& handlers() const {
        if constexpr (std::is_default_constructible_v<H>)
            if (!handlers_) handlers_.emplace();
        if (!handlers_) throw failure(errc::misuse, "these handlers have to be configured: say given<...>(...).handled_by(handlers)");
        return *handlers_;
    }

    mutable std::optional<H> handlers_;
    state state_{};
    acta::version version_ = 0;
    context::known about_;
};

/// `given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 200}).then_refused(insufficient_funds);`: a stream
/// with this history; without events it is new.
template <handler_set H, event... E>
[[nodiscard]] history<H> given(const E&... event) {
    static_assert(acta::detail::checked_handler_set<H>());
    return history<H>(event...);
}

}  // namespace acta::testing
