// From a stored event, as abi.h hands it over, to a projection's apply(): for the C table of abi_of and for those who run projections.
#pragma once

#include <acta/event/match.hpp>
#include <acta/event/recorded.hpp>
#include <acta/read/abi.h>
#include <acta/read/table_storage.hpp>

#include <exception>
#include <tuple>

namespace acta::detail::projections {

inline std::string_view view(acta_text text) noexcept { return {text.data, text.size}; }
inline byte_span view(acta_bytes bytes) noexcept { return {reinterpret_cast<const std::byte*>(bytes.data), bytes.size}; }
inline acta_text borrowed(std::string_view text) noexcept { return {text.data(), text.size()}; }

/// Writes a sentence for the other side, cut where its memory ends.
void put_error(acta_error* error, std::string_view text) noexcept;

/// Runs `body`; an exception becomes a status and a sentence, so that none crosses.
template <class Body>
acta_status guarded(acta_error* error, const Body& body) noexcept {
    try {
        return body();
    } catch (const std::exception& why) { put_error(error, why.what()); } catch (...) {
        put_error(error, "something was thrown that is no std::exception");
    }
    return ACTA_FAILED;
}

/// Everything but the event itself, reusing memory.
void fill(envelope& about, const acta_event& from);

/// Binds what tables() names: typed tables first, so that statements of acta::sql find them.
void bind_all(const std::vector<rows::bound_member*>& members, const rows::binding& to);

/// The members that a projection names in tables(); none when it has no such function.
template <class P>
std::vector<rows::bound_member*> members_of(P& projection) {
    std::vector<rows::bound_member*> members;
    if constexpr (requires { projection.tables(); })
        std::apply([&](auto&... each) { (members.push_back(&each), ...); }, projection.tables());
    return members;
}

/// The events that a projection handles: its `consumes` without the retired ones.
template <class Consumes>
struct handled_events {
    using type = typename Consumes::current;
};
template <>
struct handled_events<any_event> {
    using type = any_event;
};

template <class Consumes>
struct recorded_events;
template <class... E>
struct recorded_events<events<E...>> {
    using type = std::tuple<recorded<E>...>;
};
template <>
struct recorded_events<any_event> {
    using type = recorded<any_event>;
};

/// Delivers events to one projection object: one `recorded` per event type is filled again and again. Borrowed: the projection
/// outlives it. Used by one thread at a time; everything that fails is thrown.
template <class P>
class delivery {
public:
    using consumes = typename P::consumes;

    explicit delivery(P& projection) : projection_(projection), members_(members_of(projection)) {}

    const std::vector<rows::bound_member*>& members() const noexcept { return members_; }

    /// Before the first event of that type. Throws failure(layout_mismatch) when its events cannot be read.
    void learn(const acta_stored_type& type) {
        if (type.number >= routes_.size()) routes_.resize(type.number + std::size_t{1});
        routes_[type.number] = route_to(type);
    }
    void apply(const acta_event& event) {
        if (event.type >= routes_.size() || !routes_[event.type].known)
            throw failure(errc::misuse, "an event was delivered before its type was handed over");
        if constexpr (std::is_same_v<handled, any_event>) {
            deliver_any(event);
        } else {
            static constexpr auto delivers = each_deliver(std::make_index_sequence<handled::size>{});
            for (payload_path& path : routes_[event.type].paths) (this->*delivers[path.index()])(event, path);
        }
        for (rows::bound_member* const each : members_) each->settle();
    }
    void flush() {
        for (rows::bound_member* const each : members_) each->flush();
    }

private:
    using handled = typename handled_events<consumes>::type;
    struct route {
        bool known = false;
        std::vector<payload_path> paths;  ///< several of a split event, none of a retired one
        std::string name;                 ///< of the type, where any event is wanted
        std::uint32_t revision = 0;
    };

    route route_to(const acta_stored_type& type) {
        route to{.known = true, .paths = {}, .name = std::string(view(type.name)), .revision = type.revision};
        if constexpr (!std::is_same_v<handled, any_event>) {
            auto paths = paths_for({view(type.name), type.revision, type.fingerprint, view(type.layout)}, event_list_of<consumes>());
            if (!paths) throw failure(errc::misuse, "the projection has no handler for the event " + to.name);
            to.paths = std::move(*paths);
        }
        return to;
    }
    template <std::size_t... I>
    static constexpr auto each_deliver(std::index_sequence<I...>) {
        return std::array{&delivery::deliver_one<I>...};
    }
    template <std::size_t I>
    void deliver_one(const acta_event& event, payload_path& path) {
        auto& one = std::get<I>(recorded_);
        path.read(view(event.payload), &one.event_to_fill());
        fill(one.envelope_to_fill(), event);
        projection_.apply(std::as_const(one));
    }
    void deliver_any(const acta_event& event) {
        const route& from = routes_[event.type];
        recorded_.fill(from.name, from.revision, view(event.json));
        fill(recorded_.envelope_to_fill(), event);
        projection_.apply(std::as_const(recorded_));
    }

    P& projection_;
    std::vector<rows::bound_member*> members_;
    std::vector<route> routes_;  // by the number of the stored type
    typename recorded_events<handled>::type recorded_;
};

}  // namespace acta::detail::projections
