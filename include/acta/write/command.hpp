// A command's stored name, checked while compiling, and lists of command types.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/command.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/event/event.hpp>

namespace acta {

/// The stored name of a command: `static constexpr acta::command_type command{"account.withdraw"};`. Written by hand and never derived
/// from C++, as an event's is. Checked while compiling.
struct command_type {
    std::string_view name;

    consteval command_type(detail::checked_name stored) : name(stored.text) {}
    friend constexpr bool operator==(const command_type&, const command_type&) = default;
};

/// A plain struct with a command_type: a request, which may be refused.
template <class C>
concept command = requires {
    requires std::is_same_v<std::remove_cv_t<decltype(C::command)>, command_type>;
};

namespace detail {

template <class C>
constexpr bool checked_command() {
    static_assert(command<C>, "a command needs `static constexpr acta::command_type command{\"category.imperative\"};`");
    static_assert(!names_an_event<C>, "a type is an event or a command, never both: an event is a fact, a command is a request");
    return true;
}

template <class... List>
constexpr bool all_named_apart() {
    const std::string_view names[] = {List::command.name..., ""};
    for (std::size_t i = 0; i < sizeof...(List); ++i)
        for (std::size_t j = i + 1; j < sizeof...(List); ++j)
            if (names[i] == names[j]) return false;
    return true;
}

}  // namespace detail

/// A list of command types.
template <class... C>
struct commands {
    static_assert((detail::checked_command<C>() && ...));
    static_assert(detail::all_named_apart<C...>(), "two commands of one list share their stored name");
    static constexpr std::size_t size = sizeof...(C);
    template <class T>
    static constexpr bool contains = (std::is_same_v<T, C> || ...);
};

}  // namespace acta
