// From older structs of an event to the current one: upcasts, former names, retired events, and what the compiler checks of them.
#pragma once

#include <acta/event/event_type.hpp>

namespace acta {

/// In a list of events, an event that is read no more: `acta::events<opened, deposited, acta::retired<bonus_granted>>`. Stored events of
/// that struct, and of those that it is upcast from, are passed over; nothing needs to handle them.
template <event Old>
struct retired {
    using old = Old;
};

namespace detail {

template <class T>
inline constexpr bool is_retired = false;
template <class Old>
inline constexpr bool is_retired<retired<Old>> = true;

/// The struct that stands behind an element of a list.
template <class T>
struct struct_of_element {
    using type = T;
};
template <class Old>
struct struct_of_element<retired<Old>> {
    using type = Old;
};
template <class T>
using struct_of = typename struct_of_element<T>::type;

// ---- the one upcast of a struct -------------------------------------------------------------------------------------------------

template <class T>
struct upcast_form {
    template <class Old, class To>
    static constexpr bool exact(To (*)(const Old&)) {
        return std::is_same_v<To, T>;
    }
    template <class Old, class To>
    static std::type_identity<Old> source(To (*)(const Old&));
};

/// It has a function of that name, and only one.
template <class T>
concept upcasts = requires {
    &T::upcast;
};
template <class T>
concept upcasts_exactly = requires {
    requires upcast_form<T>::exact(&T::upcast);
};

struct with_upcast {
    int upcast = 0;
};
/// A member of T that has the other base's member's name makes that name ambiguous, whatever it is: overloaded, template or private.
template <class T>
struct with_ambiguous_upcast : T, with_upcast {};
template <class T>
constexpr bool has_upcast() {
    if constexpr (upcasts<T>) return true;
    else if constexpr (std::is_class_v<T> && !std::is_final_v<T>) return !requires {
            &with_ambiguous_upcast<T>::upcast;
        };
    else return false;
}

template <class T>
using upcast_source = typename decltype(upcast_form<T>::source(&T::upcast))::type;
template <class T>
concept linked = requires {
    requires upcasts_exactly<T>;
    requires names_an_event<upcast_source<T>>;
    requires upcast_source<T>::event.revision < T::event.revision;  // so that every chain ends
};

/// The struct that T is upcast from; void where there is none.
template <class T>
struct older_struct {
    using type = void;
};
template <linked T>
struct older_struct<T> {
    using type = upcast_source<T>;
};
template <class T>
using older_of = typename older_struct<T>::type;

template <class T>
concept has_former_names = requires {
    T::formerly;
};

template <class T>
constexpr bool formerly_named(std::string_view name) {
    if constexpr (has_former_names<T>) return T::formerly.contains(name);
    else return false;
}

// ---- checks: each is one sentence -----------------------------------------------------------------------------------------------

template <class E>
constexpr bool checked_chain() {
    if constexpr (has_former_names<E>)
        static_assert(is_event_names<std::remove_cv_t<decltype(E::formerly)>>,
                      "an event's former names are `static constexpr acta::event_names formerly{\"category.old_name\"};`");
    static_assert(
        !has_upcast<E>() || upcasts_exactly<E>,
        "an upcast is exactly `static New upcast(const Old&)` in the struct New itself: public, no template, and at most one a struct");
    if constexpr (upcasts_exactly<E>) {
        using old = upcast_source<E>;
        static_assert(names_an_event<old>, "an upcast takes an event: give the old struct its `static constexpr acta::event_type event`");
        if constexpr (names_an_event<old>) {
            static_assert(old::event.revision < E::event.revision, "an upcast goes from a lower revision to a higher one");
            static_assert(old::event.name == E::event.name || formerly_named<E>(old::event.name),
                          "an upcast goes from a struct of the same name, or of one that the new struct's `formerly` names");
            static_assert(std::is_default_constructible_v<old>, "an event must be default constructible: give every field an initialiser");
            if constexpr (old::event.revision < E::event.revision) return checked_chain<old>();
        }
    }
    return true;
}

/// A struct of a list's events, or one that they are upcast from.
struct chain_link {
    std::string_view name{};
    std::uint32_t revision = 0;
    const void* identity = nullptr;  ///< differs from struct to struct
    bool listed = false;
};

template <class T>
inline constexpr char identity_of{};

template <class E>
constexpr std::size_t chain_length() {
    if constexpr (std::is_void_v<E>) return 0;
    else return 1 + chain_length<older_of<E>>();
}
template <class E>
constexpr void put_chain(chain_link*& at, bool listed) {
    if constexpr (!std::is_void_v<E>) {
        *at++ = {E::event.name, E::event.revision, &identity_of<E>, listed};
        put_chain<older_of<E>>(at, false);
    }
}

enum class list_fault : std::uint8_t { none, shares_a_type, lists_an_older_struct };

template <class... E>
constexpr list_fault fault_of_list() {
    if constexpr (sizeof...(E) > 0) {
        std::array<chain_link, (chain_length<struct_of<E>>() + ...)> links{};
        chain_link* at = links.data();
        (put_chain<struct_of<E>>(at, true), ...);
        for (std::size_t i = 0; i < links.size(); ++i)
            for (std::size_t j = i + 1; j < links.size(); ++j) {
                const bool same = links[i].identity == links[j].identity;
                const bool alike = links[i].name == links[j].name && links[i].revision == links[j].revision;
                if (alike && (!same || (links[i].listed && links[j].listed))) return list_fault::shares_a_type;
                if (same && (links[i].listed || links[j].listed)) return list_fault::lists_an_older_struct;
            }
    }
    return list_fault::none;
}

}  // namespace detail

}  // namespace acta
