// ACTA_CODECS: makes the codecs of a domain's events; the one acta header that includes cereal, for the one codec.cpp of a domain.
#pragma once

#include <acta/event/encoding.hpp>
#include <acta/event/json.hpp>
#include <acta/event/payload_codec.hpp>

namespace acta::detail {

template <class E>
event_codec make_codec() {
    static_assert(!std::is_polymorphic_v<E>, "an event is a plain struct: no virtual functions");
    static_assert(kind_of<E>() == layout_kind::structure, "an event is a struct of its own, not a value inside another type");
    event_codec codec{.type = E::event, .shape = layout_walker().describe<E>()};
    codec.layout_text = storable_text(codec.shape, typeid(E).name());
    codec.fingerprint = fingerprint_of(codec.layout_text);
    codec.encode = [](const void* event, std::vector<std::byte>& out) { write_payload(*static_cast<const E*>(event), out); };
    codec.decode = [](byte_span payload, void* event) {
        payload_reader reader(payload);
        reader.read(*static_cast<E*>(event));
        if (!reader.done()) byte_reader::broken("there are bytes behind the last field");
    };
    if constexpr (requires(const E& event) { event.tags(); })
        codec.tags = [](const void* event) -> std::vector<tag> { return static_cast<const E*>(event)->tags(); };

    static_assert(checked_chain<E>());
    if constexpr (has_former_names<E>) codec.former_names.assign(E::formerly.all.begin(), E::formerly.all.end());
    if constexpr (linked<E>) {
        codec.older = &codec_of<older_of<E>>();
        codec.upcast = [](const void* old, void* event) { *static_cast<E*>(event) = E::upcast(*static_cast<const older_of<E>*>(old)); };
    }
    codec.make = []() -> std::shared_ptr<void> { return std::make_shared<E>(); };
    return codec;
}

/// Notes the codec of E and of every struct that it is upcast from; so they are there for other source files as well, never inlined away.
template <class E>
void note_chain() {
    note_linked(&codec_of<E>);
    if constexpr (linked<E>) note_chain<older_of<E>>();
}

template <class List>
struct codecs_of;
template <class... E>
struct codecs_of<events<E...>> {
    static const bool linked;
};
template <class... E>
const bool codecs_of<events<E...>>::linked = (note_chain<struct_of<E>>(), ..., true);

template <class T>
const layout& json_layout() {
    static const layout made = layout::from_text(storable_text(layout_walker().describe<T>(), typeid(T).name()));
    return made;
}

template <class T>
json_codec make_json_codec() {
    json_codec codec{json_layout<T>().to_text()};
    codec.to_json = [](const void* value) {
        std::vector<std::byte> payload;
        payload_writer(payload).write(*static_cast<const T*>(value));
        return payload_to_json(json_layout<T>(), payload, json_loss::refused);
    };
    codec.from_json = [](std::string_view json, void* value) {
        const std::vector<std::byte> payload = payload_from_json(json_layout<T>(), json);
        payload_reader(payload).read(*static_cast<T*>(value));
    };
    return codec;
}

template <class... T>
struct json_columns {
    static const json_codec& (*const all[])();
};
template <class... T>
const json_codec& (*const json_columns<T...>::all[])() = {&json_codec_of<T>...};

template <class A>
state_codec make_state_codec() {
    static_assert(kind_of<A>() == layout_kind::structure,
                  "a state with snapshots has `template <class Archive> void serialize(Archive& ar)` with all of its fields");
    state_codec codec{storable_text(layout_walker().describe<A>(), typeid(A).name())};
    codec.encode = [](const void* state, std::vector<std::byte>& out) { write_payload(*static_cast<const A*>(state), out); };
    codec.decode = [](byte_span bytes, void* state) {
        payload_reader reader(bytes);
        reader.read(*static_cast<A*>(state));
        if (!reader.done()) byte_reader::broken("there are bytes behind the last field");
    };
    return codec;
}

template <class... A>
struct state_codecs {
    static const state_codec& (*const all[])();
};
template <class... A>
const state_codec& (*const state_codecs<A...>::all[])() = {&state_codec_of<A>...};

}  // namespace acta::detail

namespace acta {

template <class A>
const state_codec& state_codec_of() {
    static const state_codec made = detail::make_state_codec<A>();
    return made;
}

template <class T>
const json_codec& json_codec_of() {
    static const json_codec made = detail::make_json_codec<T>();
    return made;
}

template <event E>
const event_codec& codec_of() {
    static const event_codec made = detail::make_codec<E>();
    return made;
}

/// The bridge for cereal's own archives: a field is a name-value pair there.
template <class Archive, class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(Archive& ar, named_field<T>& field) {
    ar(cereal::make_nvp(field.name.data(), field.value));
}

}  // namespace acta

/// `ACTA_CODECS(bank::account_events);`: one line a domain, at global scope, in the one source file that includes this header.
#define ACTA_CODECS(...) template struct acta::detail::codecs_of<__VA_ARGS__>

/// `ACTA_JSON_COLUMNS(bank::address, std::vector<bank::line>);`: the fields of rows that are kept as JSON text, beside ACTA_CODECS.
#define ACTA_JSON_COLUMNS(...) template struct acta::detail::json_columns<__VA_ARGS__>

/// `ACTA_STATE_CODEC(bank::account);`: the states of aggregates that keep snapshots, at global scope in a source file of the write side; a
/// projection's plugin does not need it.
#define ACTA_STATE_CODEC(...) template struct acta::detail::state_codecs<__VA_ARGS__>
