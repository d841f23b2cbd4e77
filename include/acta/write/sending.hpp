// The way of one command: its handler, alone or as one of a batch.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/sending.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/write/batch.hpp>
#include <acta/write/handler.hpp>

#include <memory>
#include <optional>
#include <span>
#include <typeindex>
#include <utility>
#include <variant>
#include <vector>

namespace acta {

struct dispatcher_options {
    std::size_t retries = 10;                     ///< how often a command is decided again when others were faster
    std::size_t cache = 100'000;                  ///< states kept between the chunks of send_all, for each kind of aggregate
    const acta::clock* clock = &clock::system();  ///< borrowed; what context::now() says
    /// Told in a sentence, on the thread of the load, when a verified snapshot says something else than the events; see verify_one_in.
    std::function<void(const std::string&)> on_wrong_snapshot{};
};

namespace detail {

/// One command sent alone, through all its attempts.
class single_send {
public:
    /// The log and the options are borrowed. `command` is the command's stored name.
    single_send(log& to, const dispatcher_options& how, const send_options& options, std::string_view command);

    /// The answer that the id got before.
    std::optional<outcome> answered_before() const;
    /// The streams that the command is for.
    void is_for(std::span<const stream_name> streams);
    const stream_name& stream() const noexcept { return streams_.front(); }
    const context& context_at(version at);
    /// The answer when the first stream is not at a version that the options expect.
    std::optional<outcome> unexpected(version at) const;

    /// Begins an attempt: what was decided rests on these versions, or on what a query found up to a position.
    void rests_on(std::span<const version> versions);
    void rests_on(query boundary, position seen);
    void add(new_event event);
    void keep(std::optional<snapshot> one) { request_.snapshot = one ? *std::move(one) : snapshot(); }
    /// Stores the events. Nothing when others were faster and the command shall be decided again.
    std::optional<outcome> append();
    /// The answer of a command that has no events to store; kept where there is an id to keep it with.
    outcome without_events(outcome answer);

private:
    outcome answer_to(const appended& stored) const;
    bool writes_to_its_stream() const { return request_.writes.front().stream == stream(); }

    log& log_;
    const dispatcher_options& how_;
    const send_options& options_;
    std::size_t retries_left_;
    command_id id_;
    std::vector<stream_name> streams_;
    context context_;
    append_request request_;
    bool bounded_ = false;
};

/// The handler of one command type, whatever that is.
class any_handler {
public:
    explicit any_handler(std::type_index command) : command_(command) {}
    virtual ~any_handler() = default;
    std::type_index command() const noexcept { return command_; }

private:
    std::type_index command_;
};

/// The handler of one command type, whatever its handler set is.
template <class C>
class handler_of : public any_handler {
public:
    handler_of() : any_handler(typeid(C)) {}
    virtual outcome send(const C& command, const send_options& options) = 0;
    /// Not fit for a batch: rests on more than one stream.
    virtual bool alone() const noexcept = 0;
    /// Decides one command of a batch, and hands the batch the events.
    virtual void decide(const C& command, batch& in, batch_item& item) = 0;
};

template <class D>
void encode_events(const D& decided, std::vector<new_event>& out) {
    for (const auto& value : decided.events()) std::visit([&](const auto& event) { out.emplace_back(event); }, value);
}

template <class H, class C>
class handles final : public handler_of<C> {
    using state = typename H::aggregate;
    using form = decide_form<H, C>;
    static constexpr std::size_t streams = form::streams;

public:
    handles(std::shared_ptr<const H> set, states<state>& states, log& to, const dispatcher_options& how)
        : set_(std::move(set)), states_(states), log_(to), options_(how) {}

    bool alone() const noexcept override { return !form::of_one_stream; }

    outcome send(const C& command, const send_options& options) override {
        single_send sent(log_, options_, options, C::command.name);
        if (auto before = sent.answered_before()) return *std::move(before);
        if (const auto why = run_validate<H>(command)) return sent.without_events(outcome::when_refused({}, 0, 0, *why));
        const auto names = names_of<H>(command);
        sent.is_for(names);
        if constexpr (form::bounded) return send_bounded(command, sent, options);
        else return send_to(names, command, sent, options);
    }

    void decide(const C& command, batch& in, batch_item& item) override {
        if constexpr (form::of_one_stream) decide_in(command, in, item);
        else throw failure(errc::misuse, "a command on more than one stream came into a batch");
    }

private:
    outcome send_to(const std::array<stream_name, streams>& names, const C& command, single_send& sent, const send_options& options) {
        // Where the stream has to be new, the append finds out: looking first is for those that it does not answer.
        bool look = !form::creates || options.expected || options_.retries == 0;
        for (;; look = true) {
            std::array<folded<state>, streams> now{};
            if (look)
                for (std::size_t i = 0; i < streams; ++i) now[i] = current(names[i]);
            if (auto no = sent.unexpected(now[0].version)) return *std::move(no);
            std::array<const state*, streams> states{};
            std::array<version, streams> versions{};
            for (std::size_t i = 0; i < streams; ++i) states[i] = &now[i].state, versions[i] = now[i].version;
            const auto decided = run_decide<H, C>(*set_, states, versions, command, sent.context_at(versions[0]));
            if (decided.events().empty()) {
                if (!look) continue;
                return sent.without_events(ended(decided, sent, now[0]));
            }
            sent.rests_on(versions);
            for (const auto& value : decided.events()) std::visit([&](const auto& event) { sent.add(new_event(event)); }, value);
            if constexpr (streams == 1) sent.keep(snapshot_due(names[0], now[0].state, now[0].version, now[0].position, now[0].snapshot));
            if (auto done = sent.append()) return *std::move(done);
        }
    }

    outcome send_bounded(const C& command, single_send& sent, const send_options& options) {
        folded<state> now;  // goes on from where it was when it is decided again
        for (position seen = 0;;) {
            query boundary = with_types<state>(H::boundary(command));
            states_.load(boundary, seen, now);
            const auto decided = run_decide(*set_, now.state, 0, command, sent.context_at(0));
            if (decided.events().empty()) {
                if (options.expected)
                    if (auto no = sent.unexpected(log_.find_stream(sent.stream()).value_or(stream_info{}).version)) return *std::move(no);
                return sent.without_events(ended(decided, sent, {{{}, 0, now.position}, 0}));
            }
            sent.rests_on(std::move(boundary), seen);
            for (const auto& value : decided.events()) std::visit([&](const auto& event) { sent.add(new_event(event)); }, value);
            if (auto done = sent.append()) return *std::move(done);
        }
    }

    template <class D>
    static outcome ended(const D& decided, const single_send& sent, const folded<state>& now) {
        if (decided.refused()) return outcome::when_refused(sent.stream(), now.version, now.position, *decided.refusal());
        return outcome::when_accepted(sent.stream(), now.version, now.position);
    }

    void decide_in(const C& command, batch& in, batch_item& item) {
        if (in.answered_before(item, C::command.name)) return;
        item.refused = item.again ? std::nullopt : run_validate<H>(command);
        if (item.refused) return in.keep_answer(item);
        auto& kept = kept_for(command, item.again);
        item.stream = &kept;
        auto decided = decide_on(kept, command, in, item);
        if (kept.taken_for_new && decided.events().empty()) {
            states_.reload(kept);
            decided = decide_on(kept, command, in, item);
        }
        if (!decided.events().empty()) {
            std::optional<snapshot> due;
            if constexpr (keeps_snapshots<state>)
                if (kept.stored)
                    due = snapshot_due(stream_name(state::category, kept.id), kept.state, kept.version, kept.position, kept.snapshot);
            encode_events(decided, in.events_of(item));
            if (due) kept.snapshot = due->version, in.keep(item, *std::move(due));
            for (const auto& value : decided.events()) std::visit([&](const auto& event) { kept.state.evolve(event.event); }, value);
            kept.version += static_cast<version>(decided.events().size());
            kept.taken_for_new = kept.stored = false;
        }
        item.refused = decided.refusal();
        item.version = kept.version;
        if (decided.events().empty()) in.keep_answer(item);
    }

    folded<state> current(const stream_name& stream) {
        if constexpr (form::creates) {
            const auto there = log_.find_stream(stream);
            return {{{}, there ? there->version : 0, there ? there->position : 0}, 0};
        } else {
            return states_.load(stream);
        }
    }

    typename states<state>::kept& kept_for(const C& command, bool again) {
        const auto& id = H::id(command);
        const id_text text(id);
        if (auto* const kept = states_.find(text)) return *kept;
        auto& added = states_.add(text);
        added.taken_for_new = form::creates && !again && options_.retries > 0;
        if (!added.taken_for_new) states_.reload(added);
        return added;
    }

    decide_answer<H, C> decide_on(const typename states<state>::kept& kept, const C& command, batch& in, batch_item& item) {
        static const context unused;
        return run_decide(*set_, kept.state, kept.version, command, form::uses_context ? in.context_of(item) : unused);
    }

    std::shared_ptr<const H> set_;
    states<state>& states_;
    log& log_;
    const dispatcher_options& options_;
};

}  // namespace detail

}  // namespace acta
