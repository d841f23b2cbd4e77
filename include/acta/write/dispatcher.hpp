// Sends commands to their handlers: load, decide, append; one at a time, or many in one transaction.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/dispatcher.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/type_use.hpp>
#include <acta/write/sending.hpp>

#include <algorithm>
#include <concepts>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <ranges>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <variant>
#include <vector>

namespace acta {

namespace detail {

/// What a range for send_all may hold: one type of command, or a variant of several.
template <class T>
struct sendable : std::bool_constant<command<T>> {
    using handlers = std::tuple<handler_of<T>*>;
};
template <class... C>
struct sendable<std::variant<C...>> : std::bool_constant<(command<C> && ...)> {
    using handlers = std::tuple<handler_of<C>*...>;
};
template <class T>
struct sendable<identified<T>> : sendable<T> {};

template <class T>
const T& command_in(const T& one) noexcept {
    return one;
}
template <class T>
const T& command_in(const identified<T>& one) noexcept {
    return one.command;
}
template <class T>
const command_id* id_in(const T&) noexcept {
    return nullptr;
}
template <class T>
const command_id* id_in(const identified<T>& one) noexcept {
    return &one.id;
}
template <class T>
struct without_id {
    using type = T;
};
template <class T>
struct without_id<identified<T>> {
    using type = T;
};

}  // namespace detail

/// The command side of one log. Guarantee: what a command decided is stored whole, and only if the state that it was decided on is
/// still the newest, or it is decided again. Thread rule: handle() first, from one thread; then send() and load() from any thread;
/// send_all() as well, but one runs at a time, and neither a decide, the range nor on_outcome may call it. The log outlives the dispatcher.
class dispatcher {
public:
    explicit dispatcher(log& to, const dispatcher_options& how = {});
    dispatcher(const dispatcher&) = delete;
    dispatcher& operator=(const dispatcher&) = delete;

    /// `dispatch.handle<account_commands>()`, or `dispatch.handle(account_commands{limits})` for one that is configured. Throws
    /// failure(misuse) when one of its commands is handled already, failure(layout_mismatch) when the log holds events of the aggregate
    /// that this program cannot read: see check_readable.
    template <class H>
    dispatcher& handle(H handlers = H{}) {
        static_assert(detail::checked_handler_set<H>());
        check_readable(log_, event_list_of<typename H::aggregate::events>());
        add(std::make_shared<const H>(std::move(handlers)), typename H::commands{});
        return *this;
    }

    /// Validates, loads, decides and appends. Decided again when others were faster, up to the limit of the options, unless
    /// `options.expected` is set. Throws failure(misuse) for a command that no handler set was given for, failure(bad_name) for an id
    /// that no stream may have, what load() throws, what the log throws, and what the handler throws; then nothing is stored.
    template <command C>
    outcome send(const C& command, const send_options& options = {}) {
        return handler<C>().send(command, options);
    }

    /// Sends all of an input range of commands, or of std::variant<commands...>, or of identified<either>: decided in order on states that
    /// are kept between calls, and stored chunk by chunk, each in one transaction; of those with the same id the first one counts. A
    /// command on several streams, or with a boundary, is sent by itself between two chunks. A refusal hurts its command alone. Calls `on_outcome(outcome)` or
    /// `on_outcome(command, outcome)` in order, once the chunk is stored. A refusal or an acceptance without events was decided on what
    /// the stream was at the chunk's beginning or later. Throws as send() does, and what the range throws: then of the chunk it was
    /// working on those commands alone are stored whose outcome it has told, and earlier chunks stay; and what on_outcome throws: then its chunk is stored.
    template <std::ranges::input_range R, class F>
    void send_all(R&& commands, F on_outcome, const send_all_options& options = {}) {
        using T = std::ranges::range_value_t<R>;
        static_assert(detail::sendable<T>::value, "send_all takes a range of one command type, or of std::variant<commands...>");
        const std::scoped_lock lock(batch_mutex_);
        const auto handlers = handlers_of(std::type_identity<typename detail::without_id<T>::type>{});
        begin_batch(options);
        std::vector<T> chunk;
        chunk.reserve(std::min(options.chunk, send_all_options{}.chunk));
        for (auto&& next : commands) {
            chunk.emplace_back(std::forward<decltype(next)>(next));
            if (stands_alone(detail::command_in(chunk.back()), handlers)) {
                const T one = std::move(chunk.back());
                chunk.pop_back();
                if (!chunk.empty()) send_chunk(chunk, handlers, on_outcome);
                tell(on_outcome, one, send_alone(one, handlers, options.each));
            } else if (chunk.size() == options.chunk) {
                send_chunk(chunk, handlers, on_outcome);
            }
        }
        if (!chunk.empty()) send_chunk(chunk, handlers, on_outcome);
    }
    /// The same, with one outcome for each command, in order.
    template <std::ranges::input_range R>
    std::vector<outcome> send_all(R&& commands, const send_all_options& options = {}) {
        std::vector<outcome> all;
        send_all(
            std::forward<R>(commands), [&](const outcome& one) { all.push_back(one); }, options);
        return all;
    }

    /// Reads an aggregate without a command; see acta::load.
    template <aggregate A>
    std::optional<loaded<A>> load(std::string_view id, version at = std::numeric_limits<version>::max()) {
        return acta::load<A>(log_, id, at);
    }

private:
    template <class H, class... C>
    void add(const std::shared_ptr<const H>& handlers, acta::commands<C...>) {
        (refuse_second(C::command.name), ...);
        auto& states = states_of<typename H::aggregate>();
        (handlers_.emplace(C::command.name, std::make_unique<detail::handles<H, C>>(handlers, states, log_, options_)), ...);
    }

    template <aggregate A>
    detail::states<A>& states_of() {
        auto& states = states_[typeid(A)];
        if (!states) {
            refuse_second_state(A::category.name);
            states = std::make_unique<detail::states<A>>(log_, options_.cache,
                                                         options_.on_wrong_snapshot ? &options_.on_wrong_snapshot : nullptr);
            batch_.watch(*states);
        }
        return static_cast<detail::states<A>&>(*states);
    }

    template <class C>
    detail::handler_of<C>& handler() const {
        return static_cast<detail::handler_of<C>&>(find(C::command.name, typeid(C)));
    }
    template <class C>
    std::tuple<detail::handler_of<C>*> handlers_of(std::type_identity<C>) const {
        return {&handler<C>()};
    }
    template <class... C>
    std::tuple<detail::handler_of<C>*...> handlers_of(std::type_identity<std::variant<C...>>) const {
        return {&handler<C>()...};
    }

    template <class T, class F>
    void send_chunk(std::vector<T>& chunk, const typename detail::sendable<T>::handlers& handlers, F& on_outcome) {
        try {
            batch_.start(chunk.size());
            if constexpr (std::is_same_v<T, identified<typename detail::without_id<T>::type>>)
                for (std::size_t index = 0; index < chunk.size(); ++index) batch_.identify(index, chunk[index].id);
            for (; !batch_.round().empty(); batch_.commit())
                for (const std::size_t index : batch_.round()) decide(detail::command_in(chunk[index]), handlers, batch_.item(index));
        } catch (...) {
            batch_.abandon();
            for (std::size_t index = 0; index < chunk.size(); ++index)  // what is stored already is told all the same
                if (batch_.item(index).answer) tell(on_outcome, chunk[index], *batch_.item(index).answer);
            throw;
        }
        batch_.finish();
        for (std::size_t index = 0; index < chunk.size(); ++index) { tell(on_outcome, chunk[index], *batch_.item(index).answer); }
        chunk.clear();
    }

    template <class F, class T>
    static void tell(F& on_outcome, const T& command, const outcome& answer) {
        if constexpr (std::invocable<F&, const T&, const outcome&>) on_outcome(command, answer);
        else on_outcome(answer);
    }

    template <class C>
    static bool stands_alone(const C&, const std::tuple<detail::handler_of<C>*>& handlers) {
        return std::get<0>(handlers)->alone();
    }
    template <class... C>
    static bool stands_alone(const std::variant<C...>& command, const std::tuple<detail::handler_of<C>*...>& handlers) {
        return std::visit([&]<class One>(const One&) { return std::get<detail::handler_of<One>*>(handlers)->alone(); }, command);
    }
    template <class T, class Handlers>
    static outcome send_alone(const T& one, const Handlers& handlers, send_options options) {
        if (const command_id* const id = detail::id_in(one)) options.id = *id;
        const auto& command = detail::command_in(one);
        if constexpr (requires { std::variant_size<std::remove_cvref_t<decltype(command)>>::value; })
            return std::visit([&]<class One>(const One& each) { return std::get<detail::handler_of<One>*>(handlers)->send(each, options); },
                              command);
        else return std::get<0>(handlers)->send(command, options);
    }

    template <class C>
    void decide(const C& command, const std::tuple<detail::handler_of<C>*>& handlers, detail::batch_item& item) {
        std::get<0>(handlers)->decide(command, batch_, item);
    }
    template <class... C>
    void decide(const std::variant<C...>& command, const std::tuple<detail::handler_of<C>*...>& handlers, detail::batch_item& item) {
        std::visit([&]<class One>(const One& one) { std::get<detail::handler_of<One>*>(handlers)->decide(one, batch_, item); }, command);
    }

    detail::any_handler& find(std::string_view command, std::type_index type) const;
    void refuse_second(std::string_view command) const;
    void refuse_second_state(std::string_view category) const;
    void begin_batch(const send_all_options& options);

    log& log_;
    const dispatcher_options options_;
    std::map<std::type_index, std::unique_ptr<detail::any_states>> states_;
    std::map<std::string_view, std::unique_ptr<detail::any_handler>> handlers_;
    std::mutex batch_mutex_;
    detail::batch batch_;
};

}  // namespace acta
