// acta::sql: tables of a projection's own making, for those who want SQL.
#pragma once

#include <acta/read/table_storage.hpp>

#include <array>
#include <iterator>
#include <map>
#include <tuple>

namespace acta {

namespace detail::rows {

template <class T>
acta_value to_parameter(const T& value, kept_texts& kept) {
    if constexpr (std::is_same_v<T, std::nullopt_t> || std::is_same_v<T, std::nullptr_t>) return null_value();
    else if constexpr (std::is_convertible_v<const T&, std::string_view>) return text_value(value);
    else {
        static_assert(column<T>,
                      "an SQL parameter is one value: a number, text, bytes, a duration or time, an enumeration, or an optional of these");
        return to_value(value, "a parameter", kept);
    }
}

template <class... T>
struct result_row {
    using type = std::tuple<T...>;
};
template <class T>
struct result_row<T> {
    using type = T;
};

/// Statements by their text, prepared once and lent out; `tables` are the typed tables whose rows one may read.
struct cached_statements {
    std::vector<bound_statement> idle;  // has room for all that were made, so that each can come back
    std::size_t made = 0;
    std::vector<bound_member*> tables;
};

/// A borrowed statement; goes back when it is done.
class lent_statement {
public:
    lent_statement(cached_statements& from, bound_statement statement) : from_(&from), statement_(std::move(statement)) {}
    lent_statement(lent_statement&& other) noexcept : from_(std::exchange(other.from_, nullptr)), statement_(std::move(other.statement_)) {}
    lent_statement& operator=(lent_statement&&) = delete;
    ~lent_statement() {
        if (!from_) return;
        statement_.reset();
        from_->idle.push_back(std::move(statement_));
    }
    bound_statement* operator->() noexcept { return &statement_; }

private:
    cached_statements* from_;
    bound_statement statement_;
};

}  // namespace detail::rows

/// What a query answers: an input range of T, or of std::tuple<T...> where there are several. Lives within one `apply`, or as long as
/// what read() gave; move-only.
template <class... T>
class sql_rows {
public:
    using value_type = typename detail::rows::result_row<T...>::type;

    class iterator {
    public:
        using value_type = typename sql_rows::value_type;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        iterator() = default;
        explicit iterator(sql_rows* of) : of_(of) {}
        const value_type& operator*() const noexcept { return of_->row_; }
        const value_type* operator->() const noexcept { return &of_->row_; }
        iterator& operator++() {
            of_->take(of_->statement_->next(of_->values_));
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept { return it.at_end(); }

    private:
        bool at_end() const noexcept { return of_->at_end_; }
        sql_rows* of_ = nullptr;
    };
    iterator begin() { return iterator(this); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    friend class sql;
    static constexpr std::int32_t not_filled = -1;

    sql_rows(detail::rows::lent_statement statement, std::span<const acta_value> parameters) : statement_(std::move(statement)) {
        for (acta_value& value : values_) value.type = not_filled;
        take(statement_->run(parameters, values_));
    }
    void take(bool has_row) {
        at_end_ = !has_row;
        if (!has_row) return;
        for (const acta_value& value : values_)
            if (value.type == not_filled) throw failure(errc::misuse, "an SQL query answers fewer columns than the types it was asked for");
        if constexpr (sizeof...(T) == 1) {
            detail::rows::from_value(values_[0], row_, "1");
        } else {
            std::size_t i = 0;
            std::apply([&](auto&... part) { ((detail::rows::from_value(values_[i], part, std::to_string(i + 1)), ++i), ...); }, row_);
        }
    }

    detail::rows::lent_statement statement_;
    std::array<acta_value, sizeof...(T)> values_{};
    value_type row_{};
    bool at_end_ = true;
};

/// Tables of the author's own, a member of a projection that names it in `tables()`: made by the statements it is constructed with
/// (`CREATE TABLE IF NOT EXISTS ...`), changed and read by statements with bound parameters. Everything happens inside the batch's
/// transaction: there is no transaction control, ATTACH or PRAGMA, and acta's and typed tables cannot be written. A conflict that rolls
/// the transaction back (OR ROLLBACK, RAISE(ROLLBACK)) fails the event, even if its exception is caught. A query that reads a typed table
/// of the same projection sees the rows as they were when it was made. Statements are kept by their text: bind what varies.
/// Thread rule: one thread at a time. Every function throws failure with SQLite's reason.
class sql final : public detail::rows::bound_member {
public:
    template <class... Statement>
        requires(std::is_convertible_v<Statement, std::string_view>&&...)
    explicit sql(const Statement&... schema) : schema_{std::string(std::string_view(schema))...} {}

    /// A statement that answers nothing: `run("INSERT INTO audit VALUES (?, ?)", id, e->cents)`.
    template <class... P>
    void run(std::string_view statement, const P&... parameters) {
        detail::rows::kept_texts kept;
        const std::array<acta_value, sizeof...(P)> values{detail::rows::to_parameter(parameters, kept)...};
        run_values(statement, values);
    }
    /// `for (const auto& [id, cents] : query<std::string, std::int64_t>("SELECT id, cents FROM audit WHERE cents > ?", 100))`
    template <class... T, class... P>
    sql_rows<T...> query(std::string_view statement, const P&... parameters) const {
        static_assert(sizeof...(T) > 0, "say the types of the columns: query<std::string, std::int64_t>(\"SELECT ...\")");
        static_assert(
            (detail::rows::column<T> && ...),
            "a column of a query is one value: a number, text, bytes, a duration or time, an enumeration, or an optional of these");
        detail::rows::kept_texts kept;
        const std::array<acta_value, sizeof...(P)> values{detail::rows::to_parameter(parameters, kept)...};
        return sql_rows<T...>(lend(statement), values);
    }
    /// The first row of a query, or nothing.
    template <class... T, class... P>
    std::optional<typename sql_rows<T...>::value_type> one(std::string_view statement, const P&... parameters) const {
        auto rows = query<T...>(statement, parameters...);
        const auto first = rows.begin();
        if (first == rows.end()) return std::nullopt;
        return *first;
    }

    // ---- for those who run projections
    void bind(const detail::rows::binding& to, const std::vector<detail::rows::bound_member*>& neighbours) override;
    void flush() override {}
    void settle() override {}
    bool bound() const noexcept override { return static_cast<bool>(to_); }
    std::string_view table_name() const noexcept override { return {}; }

private:
    void run_values(std::string_view statement, std::span<const acta_value> parameters);
    detail::rows::lent_statement lend(std::string_view statement) const;

    std::vector<std::string> schema_;
    detail::rows::binding to_;
    std::vector<detail::rows::bound_member*> neighbours_;
    mutable std::map<std::string, detail::rows::cached_statements, std::less<>> statements_;
};

}  // namespace acta
