// Events: plain structs with a stored name, and lists of them.
#pragma once

#include <acta/event/upcast.hpp>

namespace acta {

namespace detail {

template <class T>
concept names_a_command = requires {
    T::command;
};

template <class E>
constexpr bool checked_event() {
    static_assert(names_an_event<E>, "an event needs `static constexpr acta::event_type event{\"category.past_participle\", 1};`");
    static_assert(!names_a_command<E>, "a type is an event or a command, never both: an event is a fact, a command is a request");
    static_assert(std::is_default_constructible_v<E>, "an event must be default constructible: give every field an initialiser");
    static_assert(std::is_copy_constructible_v<E>, "an event must be copyable: it is a plain value");
    if constexpr (names_an_event<E>) return checked_chain<E>();
    return true;
}

template <class E, class... List>
constexpr std::size_t index_in() {
    const bool same[] = {std::is_same_v<E, List>..., true};
    std::size_t i = 0;
    while (!same[i]) ++i;
    return i;
}

/// Elements one after the other into a list, but for retired ones.
template <class Done, class... Rest>
struct without_retired {
    using type = Done;
};

}  // namespace detail

/// A list of event types, in the order in which the author wrote them.
template <class... E>
struct events {
    static_assert((detail::checked_event<detail::struct_of<E>>() && ...));
    static_assert(detail::fault_of_list<E...>() != detail::list_fault::shares_a_type,
                  "two events of one list share their stored name and revision, or structs that they are upcast from do");
    static_assert(detail::fault_of_list<E...>() != detail::list_fault::lists_an_older_struct,
                  "a list names current events alone: one of these is upcast into another of them, leave the older one out");
    /// The list without its retired events: those that somebody handles.
    using current = typename detail::without_retired<events<>, E...>::type;
    static constexpr std::size_t size = sizeof...(E);
    template <class T>
    static constexpr bool contains = (std::is_same_v<T, E> || ...);
    template <class T>
    static constexpr std::size_t index_of = detail::index_in<T, E...>();
};

namespace detail {

template <class... Done, class First, class... Rest>
struct without_retired<events<Done...>, First, Rest...> : without_retired<events<Done..., First>, Rest...> {};
template <class... Done, class Old, class... Rest>
struct without_retired<events<Done...>, retired<Old>, Rest...> : without_retired<events<Done...>, Rest...> {};

}  // namespace detail

/// Consumed by a projection that wants every event, of types it has never heard of: delivered as its stored type and JSON.
struct any_event {};

/// The kind of an aggregate: the first part of its streams' names. Checked while compiling; holds no `-`.
struct category {
    std::string_view name;
    consteval category(detail::checked_name stored) : name(stored.text) {
        if (name.find('-') != std::string_view::npos) a_category_holds_no_hyphen();
    }

private:
    static void a_category_holds_no_hyphen() {}
};

}  // namespace acta
