// An event's stored name and revision, checked while compiling.
#pragma once

#include <array>
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

/// Stored names of events, for `formerly` of an event and `ignores` of an aggregate:
/// `static constexpr acta::event_names formerly{"bank.deposited"};`. Checked while compiling.
template <std::size_t N>
struct event_names {
    std::array<std::string_view, N> all;

    template <std::size_t... Size>
    consteval event_names(const char (&... name)[Size]) : all{detail::checked_name(name).text...} {}
    constexpr bool contains(std::string_view name) const {
        for (const std::string_view each : all)
            if (each == name) return true;
        return false;
    }
};
template <std::size_t... Size>
event_names(const char (&... name)[Size]) -> event_names<sizeof...(Size)>;

namespace detail {

template <class T>
concept names_an_event = requires {
    requires std::is_same_v<std::remove_cv_t<decltype(T::event)>, event_type>;
};

template <class T>
inline constexpr bool is_event_names = false;
template <std::size_t N>
inline constexpr bool is_event_names<event_names<N>> = true;

}  // namespace detail

/// A plain struct with a stored name.
template <class E>
concept event = detail::names_an_event<E>;

}  // namespace acta
