// Keys of tables: one member of a row, or several as acta::key<...>.
#pragma once

#include <acta/read/column.hpp>

#include <concepts>
#include <functional>
#include <tuple>

namespace acta {

namespace detail::rows {

template <auto... Members>
struct key_of {};

template <class Row, class Member, class Of>
constexpr bool is_member_of(Member Of::*) {
    return std::is_base_of_v<Of, Row>;
}
template <class Row>
constexpr bool is_member_of(...) {
    return false;
}
template <class Member, class Of>
std::type_identity<Member> member_type(Member Of::*);

template <class T>
constexpr bool fit_for_a_key() {
    if constexpr (is_duration<T> || is_sys_time<T>) return fit_for_a_key<typename T::rep>();
    else if constexpr (is_optional<T> || std::is_floating_point_v<T>) return false;
    else if constexpr (std::is_integral_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::string> || is_bytes<T>) return column<T>;
    else if constexpr (column<T> && std::equality_comparable<T>) return fit_for_a_key<minimal_of<T>>();
    else return false;
}

template <class T>
std::size_t hash_of(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) return std::hash<std::string_view>{}(value);
    else if constexpr (is_bytes<T>) return std::hash<std::string_view>{}({reinterpret_cast<const char*>(value.data()), value.size()});
    else if constexpr (is_duration<T>) return hash_of(value.count());
    else if constexpr (is_sys_time<T>) return hash_of(value.time_since_epoch().count());
    else if constexpr (is_strong<T>) return hash_of(value.get());
    else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) return std::hash<T>{}(value);
    else return hash_of(to_minimal(value));
}

struct key_hash {
    template <class T>
    std::size_t operator()(const T& key) const {
        return hash_of(key);
    }
    template <class... T>
    std::size_t operator()(const std::tuple<T...>& key) const {
        std::uint64_t sum = 0;
        std::apply([&](const auto&... part) { ((sum = (sum ^ hash_of(part)) * 0x9e3779b97f4a7c15, sum ^= sum >> 32), ...); }, key);
        return static_cast<std::size_t>(sum);
    }
};

/// How a key is taken from a row, compared with it and put into it.
template <class Row, auto... Members>
struct key_access {
    static constexpr std::size_t size = sizeof...(Members);
    template <auto Member>
    using type_of = typename decltype(member_type(Member))::type;
    static constexpr bool fit() { return (fit_for_a_key<type_of<Members>>() && ...); }

    using type = std::tuple<type_of<Members>...>;

    static type in(const Row& row) { return type(row.*Members...); }
    static bool is(const Row& row, const type& key) { return std::tie(row.*Members...) == key; }
    static void fill(Row& row, const type& key) { std::tie(row.*Members...) = key; }
    static void each_part(const type& key, const auto& f) {
        std::apply([&](const auto&... part) { (f(part), ...); }, key);
    }
    static void each_address(const Row& row, const auto& f) { (f(&(row.*Members)), ...); }
};

template <class Row, auto Member>
struct key_access<Row, Member> {
    static constexpr std::size_t size = 1;
    static constexpr bool fit() { return fit_for_a_key<type>(); }

    using type = typename decltype(member_type(Member))::type;

    static const type& in(const Row& row) { return row.*Member; }
    static bool is(const Row& row, const type& key) { return row.*Member == key; }
    static void fill(Row& row, const type& key) { row.*Member = key; }
    static void each_part(const type& key, const auto& f) { f(key); }
    static void each_address(const Row& row, const auto& f) { f(&(row.*Member)); }
};

template <class Row, auto Key, class = std::remove_cv_t<decltype(Key)>>
struct access_for {
    static constexpr bool valid = is_member_of<Row>(Key);
    using type = key_access<Row, Key>;
};
template <class Row, auto Key, auto... Members>
struct access_for<Row, Key, key_of<Members...>> {
    static constexpr bool valid = sizeof...(Members) > 0 && (is_member_of<Row>(Members) && ...);
    using type = key_access<Row, Members...>;
};

}  // namespace detail::rows

/// A key of several columns: `acta::table<row, acta::key<&row::year, &row::month>>`; its values are tuples: `rows[{2013, 5}]`.
template <auto... Members>
inline constexpr detail::rows::key_of<Members...> key{};

}  // namespace acta
