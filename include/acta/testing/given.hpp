// given(events).when(command).then(events): a handler set's behaviour as a sentence, without a store.
#pragma once

#if !defined(ACTA_ROOM_TESTING)
#error "acta/testing/given.hpp belongs to tests: link acta::testing"
#endif

#include <acta/write/handler.hpp>
#include <acta/testing/report.hpp>

#include <algorithm>
#include <array>
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

    /// Runs validate and decide as a dispatcher does. Where the command is for several streams each event of the history says of which it
    /// is: `given(opened{"Ada"} | acta::to<account>("ada"), ...)`; the state after is that of the first. Where it has a boundary the history
    /// is what its query finds.
    template <command C>
    [[nodiscard]] answer<state> when(const C& command) const {
        static_assert(H::commands::template contains<C>, "when(...) takes a command that the handler set lists");
        using form = acta::detail::decide_form<H, C>;
        if (const auto refused = acta::detail::run_validate<H>(command)) return {folded({}, true).state, refused, {}};
        const auto names = acta::detail::names_of<H>(command);
        std::array<of_stream, form::streams> now{};
        std::array<const state*, form::streams> states{};
        std::array<acta::version, form::streams> versions{};
        for (std::size_t i = 0; i < form::streams; ++i) {
            now[i] = folded(names[i], i == 0, form::bounded);
            states[i] = &now[i].state, versions[i] = form::bounded ? 0 : now[i].version;
        }
        context::known known = about_;
        known.stream = names[0];
        context about(std::move(known));
        about.decide_at(versions[0]);

        const auto decided = acta::detail::run_decide<H, C>(handlers(), states, versions, command, about);
        std::vector<new_event> events;
        state after = now[0].state;
        for (const auto& value : decided.events())
            std::visit(
                [&](const auto& one) {
                    if (!form::bounded && !one.destination.text().empty() &&
                        std::find(names.begin(), names.end(), one.destination) == names.end())
                        throw failure(
                            errc::misuse,
                            "a decision sends an event to the stream " + one.destination.text() +
                                ", which its command did not load: name its id in the handler set's `id`, or declare a `boundary`");
                    events.emplace_back(one);
                    if (form::bounded || one.destination.text().empty() || one.destination == names[0]) after.evolve(one.event);
                },
                value);
        return {std::move(after), decided.refusal(), std::move(events)};
    }

private:
    struct of_stream {
        typename H::aggregate state{};
        acta::version version = 0;
    };
    struct past_event {
        stream_name stream{};
        std::function<void(typename H::aggregate&)> evolve{};
    };

    /// As it would come back from a store, so that a field that serialize() forgets is missed here already.
    template <class E>
    void add(const annotated<E>& event) {
        static_assert(state::events::template contains<E>, "given(...) takes events that the aggregate lists");
        E stored{};
        codec_of<E>().decode(new_event(event).payload(), &stored);
        past_.push_back({event.destination, [stored](state& into) { into.evolve(stored); }});
    }
    template <event E>
    void add(const E& event) {
        add(annotated<E>{event, {}, {}, {}});
    }

    of_stream folded(const stream_name& stream, bool first, bool all = false) const {
        of_stream now;
        for (const past_event& one : past_)
            if (all || one.stream == stream || (first && one.stream.text().empty())) one.evolve(now.state), ++now.version;
        return now;
    }
    const H& handlers() const {
        if constexpr (std::is_default_constructible_v<H>)
            if (!handlers_) handlers_.emplace();
        if (!handlers_) throw failure(errc::misuse, "these handlers have to be configured: say given<...>(...).handled_by(handlers)");
        return *handlers_;
    }

    mutable std::optional<H> handlers_;
    std::vector<past_event> past_;
    context::known about_;
};

/// `given<account_commands>(opened{"Ada"}, deposited{100}).when(withdraw{"ada", 200}).then_refused(insufficient_funds);`: a stream
/// with this history; without events it is new.
template <handler_set H, class... E>
[[nodiscard]] history<H> given(const E&... event) {
    static_assert(acta::detail::checked_handler_set<H>());
    return history<H>(event...);
}

}  // namespace acta::testing
