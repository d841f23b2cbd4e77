// The way of one command: its handler, alone or as one of a batch.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/sending.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/write/batch.hpp>
#include <acta/write/handler.hpp>

#include <memory>
#include <optional>
#include <typeindex>
#include <utility>
#include <variant>
#include <vector>

namespace acta {

struct dispatcher_options {
    std::size_t retries = 10;                     ///< how often a command is decided again when others were faster
    std::size_t cache = 100'000;                  ///< states kept between the chunks of send_all, for each kind of aggregate
    const acta::clock* clock = &clock::system();  ///< borrowed; what context::now() says
};

namespace detail {

/// One command sent alone, through all its attempts.
class single_send {
public:
    /// All are borrowed.
    single_send(log& to, const dispatcher_options& how, stream_name stream, const send_options& options);

    const stream_name& stream() const noexcept { return request_.writes.front().stream; }
    const context& context_at(version at);
    /// The answer when the stream is not at a version that the options expect.
    std::optional<outcome> unexpected(version at) const;
    /// The events to fill in, empty.
    std::vector<new_event>& events();
    /// Stores them. Nothing when others were faster and the command shall be decided again.
    std::optional<outcome> append(version at);

private:
    log& log_;
    const send_options& options_;
    std::size_t retries_left_;
    context context_;
    append_request request_;
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

public:
    handles(std::shared_ptr<const H> set, states<state>& states, log& to, const dispatcher_options& how)
        : set_(std::move(set)), states_(states), log_(to), options_(how) {}

    outcome send(const C& command, const send_options& options) override {
        if (const auto why = run_validate<H>(command)) return outcome::when_refused({}, 0, 0, *why);
        const auto& id = H::id(command);
        single_send sent(log_, options_, stream_name(state::category, id_text(id)), options);
        // Where the stream has to be new, the append finds out: looking first is for those that it does not answer.
        bool look = !form::creates || options.expected || options_.retries == 0;
        for (;; look = true) {
            const loaded<state> now = look ? current(sent.stream()) : loaded<state>{};
            if (const auto no = sent.unexpected(now.version)) return *no;
            const auto decided = run_decide(*set_, now.state, now.version, command, sent.context_at(now.version));
            if (decided.events().empty()) {
                if (!look) continue;
                if (decided.refused()) return outcome::when_refused(sent.stream(), now.version, now.position, *decided.refusal());
                return outcome::when_accepted(sent.stream(), now.version, now.position);
            }
            encode_events(decided, sent.events());
            if (const auto done = sent.append(now.version)) return *done;
        }
    }

    void decide(const C& command, batch& in, batch_item& item) override {
        item.refused = item.again ? std::nullopt : run_validate<H>(command);
        if (item.refused) return;
        auto& kept = kept_for(command, item.again);
        item.stream = &kept;
        auto decided = decide_on(kept, command, in, item);
        if (kept.taken_for_new && decided.events().empty()) {
            states_.reload(kept);
            decided = decide_on(kept, command, in, item);
        }
        if (!decided.events().empty()) {
            encode_events(decided, in.events_of(item));
            for (const auto& value : decided.events()) std::visit([&](const auto& event) { kept.state.evolve(event.event); }, value);
            kept.version += static_cast<version>(decided.events().size());
            kept.taken_for_new = false;
        }
        item.refused = decided.refusal();
        item.version = kept.version;
    }

private:
    loaded<state> current(const stream_name& stream) {
        if constexpr (form::creates) {
            const auto there = log_.find_stream(stream);
            return {{}, there ? there->version : 0, there ? there->position : 0};
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
