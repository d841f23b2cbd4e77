// From a stored event, as abi.h hands it over, to a projection's apply(): for the C table of abi_of and for those who run projections.
#pragma once

#include <acta/event/encoding.hpp>
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

/// The index in `listed` of the codec that reads a stored type; listed.size() when none has its name. Throws failure(layout_mismatch)
/// when the name is there but neither revision nor fields fit.
std::size_t codec_for(const acta_stored_type& stored, std::span<const event_codec* const> listed);

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

template <class Consumes>
struct recorded_events;
template <class... E>
struct recorded_events<events<E...>> {
    using type = std::tuple<recorded<E>...>;
    static std::vector<const event_codec*> codecs() { return {&codec_of<E>()...}; }
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
        if (event.type >= routes_.size() || !routes_[event.type].deliver)
            throw failure(errc::misuse, "an event was delivered before its type was handed over");
        (this->*routes_[event.type].deliver)(event);
        for (rows::bound_member* const each : members_) each->settle();
    }
    void flush() {
        for (rows::bound_member* const each : members_) each->flush();
    }

private:
    using deliver = void (delivery::*)(const acta_event&);
    struct route {
        delivery::deliver deliver = nullptr;
        std::string name;  ///< of the type, where any event is wanted
        std::uint32_t revision = 0;
    };

    route route_to(const acta_stored_type& type) {
        if constexpr (std::is_same_v<consumes, any_event>) {
            return {&delivery::deliver_any, std::string(view(type.name)), type.revision};
        } else {
            static const auto codecs = recorded_events<consumes>::codecs();
            const std::size_t index = codec_for(type, codecs);
            if (index == codecs.size())
                throw failure(errc::misuse, "the projection has no handler for the event " + std::string(view(type.name)));
            return {delivers(std::make_index_sequence<consumes::size>{})[index], {}, 0};
        }
    }
    template <std::size_t... I>
    static std::array<deliver, sizeof...(I)> delivers(std::index_sequence<I...>) {
        return {&delivery::deliver_one<I>...};
    }
    template <std::size_t I>
    void deliver_one(const acta_event& event) {
        auto& one = std::get<I>(recorded_);
        using type = std::remove_cvref_t<decltype(one.event())>;
        static const auto decode = codec_of<type>().decode;
        decode(view(event.payload), &one.event_to_fill());
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
    typename recorded_events<consumes>::type recorded_;
};

}  // namespace acta::detail::projections
