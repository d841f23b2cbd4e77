// An event's stored name and revision, checked while compiling, and lists of event types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace acta {

namespace detail {

/// A name that may stand in a store for ever: 1 to 200 letters, digits and `. _ - /`.
constexpr bool storable_name(std::string_view name) {
    if (name.empty() || name.size() > 200) return false;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-' && c != '/') return false;
    }
    return true;
}

/// Never called at run time: being reached while compiling is the error message.
inline void a_stored_name_is_1_to_200_letters_digits_dots_underscores_hyphens_or_slashes() {}
inline void a_revision_starts_at_1() {}

struct checked_name {
    std::string_view text;
    consteval checked_name(const char* name) : text(name) {
        if (!storable_name(text)) a_stored_name_is_1_to_200_letters_digits_dots_underscores_hyphens_or_slashes();
    }
};

}  // namespace detail

/// The stored name and revision of an event: `static constexpr acta::event_type event{"account.deposited", 1};`.
/// The name is written by hand and never derived from C++, so that renaming a class breaks nothing. Checked while compiling.
struct event_type {
    std::string_view name;
    std::uint32_t revision = 1;

    consteval event_type(detail::checked_name stored, std::uint32_t number = 1) : name(stored.text), revision(number) {
        if (number == 0) detail::a_revision_starts_at_1();
    }
    friend constexpr bool operator==(const event_type&, const event_type&) = default;
};

namespace detail {

template <class T>
concept names_an_event = requires { requires std::is_same_v<std::remove_cv_t<decltype(T::event)>, event_type>; };

template <class T>
concept names_a_command = requires { T::command; };

template <class E>
constexpr bool checked_event() {
    static_assert(names_an_event<E>, "an event needs `static constexpr acta::event_type event{\"category.past_participle\", 1};`");
    static_assert(!names_a_command<E>, "a type is an event or a command, never both: an event is a fact, a command is a request");
    static_assert(std::is_default_constructible_v<E>, "an event must be default constructible: give every field an initialiser");
    static_assert(std::is_copy_constructible_v<E>, "an event must be copyable: it is a plain value");
    return true;
}

template <class E, class... List>
constexpr std::size_t index_in() {
    const bool same[] = {std::is_same_v<E, List>..., true};
    std::size_t i = 0;
    while (!same[i]) ++i;
    return i;
}

template <class... List>
constexpr bool all_distinct() {
    const std::string_view names[] = {List::event.name..., ""};
    const std::uint32_t revisions[] = {List::event.revision..., 0};
    for (std::size_t i = 0; i < sizeof...(List); ++i)
        for (std::size_t j = i + 1; j < sizeof...(List); ++j)
            if (names[i] == names[j] && revisions[i] == revisions[j]) return false;
    return true;
}

}  // namespace detail

/// A plain struct with a stored name.
template <class E>
concept event = detail::names_an_event<E>;

/// A list of event types, in the order in which the author wrote them.
template <class... E>
struct events {
    static_assert((detail::checked_event<E>() && ...));
    static_assert(detail::all_distinct<E...>(), "two events of one list share their stored name and revision");
    static constexpr std::size_t size = sizeof...(E);
    template <class T>
    static constexpr bool contains = (std::is_same_v<T, E> || ...);
    template <class T>
    static constexpr std::size_t index_of = detail::index_in<T, E...>();
};

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
