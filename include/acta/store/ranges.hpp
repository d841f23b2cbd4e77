// The log as range-v3 views of decoded events: `log | acta::views::of<deposited, withdrawn> | ...`. Opt-in, for it includes range-v3.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/recorded.hpp>
#include <acta/store/type_use.hpp>

#include <range/v3/view/facade.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/take_while.hpp>
#include <range/v3/view/transform.hpp>

#include <array>
#include <memory>
#include <tuple>
#include <variant>

namespace acta {

namespace detail {

/// One event type yields recorded<A>; several yield recorded<std::variant<A, B>>.
template <class... E>
struct element_of {
    using type = std::variant<E...>;
};
template <class E>
struct element_of<E> {
    using type = E;
};

/// Reads on and decodes; shared by the copies of one view, which is an input range and passes over the log once.
template <class... E>
class decoded_events {
public:
    using element = typename element_of<E...>::type;

    decoded_events(const log& from, cursor events) : log_(from), events_(std::move(events)), at_(events_.begin()) {
        find_event();
        decode();
    }

    bool done() const { return at_ == std::default_sentinel; }
    const recorded<element>& current() const noexcept { return current_; }
    void advance() {
        if (++path_ == paths_->size()) {
            ++at_;
            find_event();
        }
        decode();
    }

private:
    /// Moves on to an event that becomes something here, from `at_` on.
    void find_event() {
        for (path_ = 0; !done(); ++at_)
            if (paths_ = &paths_of(at_->type); !paths_->empty()) return;
    }
    void decode() {
        if (done()) return;
        static constexpr std::array decoders{&decoded_events::template decode_as<E>...};
        payload_path& path = (*paths_)[path_];
        (this->*decoders[path.index()])(path);
        at_->fill(current_.envelope_to_fill());
    }
    template <class One>
    void decode_as(payload_path& path) {
        element& slot = current_.event_to_fill();
        if constexpr (std::is_same_v<element, One>) path.read(at_->payload, &slot);
        else path.read(at_->payload, std::holds_alternative<One>(slot) ? &std::get<One>(slot) : &slot.template emplace<One>());
    }
    std::vector<payload_path>& paths_of(type_id id) {
        if (id >= paths_by_type_.size()) paths_by_type_.resize(id + std::size_t{1});
        auto& paths = paths_by_type_[id];
        if (!paths) {
            const stored_type& type = log_.type(id);
            paths = paths_for({type.name, type.revision, type.fingerprint, type.layout_text}, event_list_of<events<E...>>());
        }
        return paths.value();
    }

    const log& log_;
    cursor events_;
    cursor::iterator at_;
    recorded<element> current_;
    std::vector<std::optional<std::vector<payload_path>>> paths_by_type_;
    std::vector<payload_path>* paths_ = nullptr;  // of the event at `at_`
    std::size_t path_ = 0;                        // which of them is current
};

}  // namespace detail

/// An input view of decoded events. Owns what it reads through; the log must outlive it. An element is valid until the next step and
/// may be copied to keep it. Making it throws failure(layout_mismatch) when the log holds such events that this program cannot read;
/// reading throws as log::read_page does. An event that was split is one element for each of its parts, at one position.
template <event... E>
class event_view : public ranges::view_facade<event_view<E...>, ranges::unknown> {
public:
    event_view() = default;
    event_view(const log& from, cursor events) : events_(std::make_shared<detail::decoded_events<E...>>(from, std::move(events))) {}

private:
    friend ranges::range_access;
    struct position_in {
        detail::decoded_events<E...>* events = nullptr;
        const recorded<typename detail::element_of<E...>::type>& read() const { return events->current(); }
        bool equal(ranges::default_sentinel_t) const { return events->done(); }
        void next() { events->advance(); }
    };
    position_in begin_cursor() const { return {events_.get()}; }
    ranges::default_sentinel_t end_cursor() const { return {}; }

    std::shared_ptr<detail::decoded_events<E...>> events_;
};

namespace views {

/// What stands behind the bar: which events, and where to look for them.
template <event... E>
struct of_events {
    std::optional<stream_name> stream{};
    read_options what{};

    /// Only of this stream.
    of_events in(stream_name one) const { return {std::move(one), what}; }
    /// Only those in (after, until], by position, or by version where a stream is named.
    of_events between(std::int64_t after, std::int64_t until) const {
        of_events narrowed = *this;
        narrowed.what.after = after, narrowed.what.until = until;
        return narrowed;
    }
    /// The newest first.
    of_events backward() const {
        of_events turned = *this;
        turned.what.direction = direction::backward;
        return turned;
    }
};

/// `log | acta::views::of<deposited>`: the recorded events of these types, decoded. `of<deposited>.in(stream)` narrows it.
template <event... E>
inline const of_events<E...> of{};

}  // namespace views

template <event... E>
event_view<E...> operator|(const log& from, const views::of_events<E...>& wanted) {
    read_options what = wanted.what;
    check_readable(from, event_list_of<events<E...>>());
    for (const std::string_view name : names_in_store(event_list_of<events<E...>>())) what.types.emplace_back(name);
    return {from, wanted.stream ? from.read(*wanted.stream, what) : from.read(what)};
}

}  // namespace acta
