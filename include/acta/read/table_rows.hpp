// The rows of a table one after the other: what iterating and range queries answer.
#pragma once

#include <acta/read/key.hpp>
#include <acta/read/table_storage.hpp>

#include <cstddef>
#include <iterator>
#include <vector>

namespace acta {

/// An input iterator over copies of a table's rows, each read when it is come to: whether a row that changes meanwhile is met, and how, is
/// left open. Lives within one `apply`, or as long as what read() gave; move-only.
template <class Row>
class row_iterator {
public:
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;
    row_iterator() = default;
    row_iterator(detail::rows::bound_statement rows, std::span<const acta_value> parameters, std::size_t columns)
        : rows_(std::move(rows)), values_(columns) {
        at_end_ = !rows_.run(parameters, values_);
        take();
    }
    const Row& operator*() const noexcept { return row_; }
    const Row* operator->() const noexcept { return &row_; }
    row_iterator& operator++() {
        at_end_ = !rows_.next(values_);
        take();
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const row_iterator& it, std::default_sentinel_t) noexcept { return it.at_end_; }

private:
    void take() {
        if (at_end_) return;
        detail::rows::row_reader reader(values_);
        detail::rows::walk(reader, row_);
    }
    detail::rows::bound_statement rows_;
    std::vector<acta_value> values_;
    Row row_{};
    bool at_end_ = true;
};

/// The rows that a range query found: an input range, walked once.
template <class Row>
class table_rows {
public:
    using iterator = row_iterator<Row>;
    explicit table_rows(iterator first) : first_(std::move(first)) {}
    iterator begin() { return std::move(first_); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    iterator first_;
};

namespace detail::rows {

template <auto Member>
struct one_member {};
template <auto... Members>
struct member_list {};

template <auto Of, class = std::remove_cv_t<decltype(Of)>>
struct members_named {
    using type = member_list<Of>;
};
template <auto Of, auto... Members>
struct members_named<Of, key_of<Members...>> {
    using type = member_list<Members...>;
};

template <class First, class Whole>
inline constexpr bool leads_in = false;
template <auto... Rest>
inline constexpr bool leads_in<member_list<>, member_list<Rest...>> = true;
template <auto A, auto... First, auto B, auto... Whole>
inline constexpr bool leads_in<member_list<A, First...>, member_list<B, Whole...>> =
    std::is_same_v<one_member<A>, one_member<B>>&& leads_in<member_list<First...>, member_list<Whole...>>;

/// The members of First are the leading ones of Whole, so that its order serves them.
template <auto First, auto Whole>
inline constexpr bool leads = leads_in<typename members_named<First>::type, typename members_named<Whole>::type>;

/// What a bound of a range is: the member's own type, without the optional.
template <class T>
struct bound {
    using type = T;
};
template <class T>
struct bound<std::optional<T>> {
    using type = T;
};
template <class... T>
struct bound<std::tuple<T...>> {
    using type = std::tuple<typename bound<T>::type...>;
};

}  // namespace detail::rows

}  // namespace acta
