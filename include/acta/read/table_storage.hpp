// The part of a table that does not depend on its row's type: its description and its statements.
#pragma once

#include <acta/read/database.hpp>
#include <acta/read/row.hpp>

namespace acta::detail::rows {

/// What a table looks like in SQL.
struct table_shape {
    std::string name;
    std::vector<column_info> columns;
    std::vector<std::size_t> key;  ///< numbers of columns
    std::vector<std::vector<std::size_t>> indexes;
};

/// What an instance of a projection has to do with each of its members that keep rows.
class bound_member {
public:
    bound_member() = default;
    bound_member(const bound_member&) = delete;
    bound_member& operator=(const bound_member&) = delete;
    virtual ~bound_member() = default;

    /// The members that keep typed rows are bound first. `neighbours` are all of them; it outlives the member's use.
    virtual void bind(const binding& to, const std::vector<bound_member*>& neighbours) = 0;
    /// Everything kept in memory goes to the tables.
    virtual void flush() = 0;
    /// Between two events: no reference to a row is held any more.
    virtual void settle() = 0;
    virtual bool bound() const noexcept = 0;
    /// The name of the table; empty for acta::sql.
    virtual std::string_view table_name() const noexcept = 0;
};

/// One SQL table: statements made when they are first needed, failures with the table's name.
class table_storage {
public:
    explicit table_storage(table_shape shape) : shape_(std::move(shape)) {}

    const table_shape& shape() const noexcept { return shape_; }
    /// Defines the table. Throws failure.
    void bind(const binding& to);
    bool bound() const noexcept { return static_cast<bool>(to_); }
    bool writable() const noexcept { return to_ && !to_.read_only(); }
    bool read_only() const noexcept { return to_ && to_.read_only(); }
    /// Throws failure(misuse) when the table belongs to no read model.
    void require_bound() const;

    /// True: `row` holds the row of this key until the next call; then done() is due.
    bool load(std::span<const acta_value> key, std::span<acta_value> row);
    void done() noexcept { select_.reset(); }
    /// `filled` is how many columns the row's serialize() gave; others than described are refused.
    void put(std::span<const acta_value> row, std::size_t filled);
    void remove(std::span<const acta_value> key);
    std::size_t count();
    /// A statement over all rows in the order of their keys.
    bound_statement in_key_order() const;
    /// A statement over the rows whose columns lie between bounds, which are its parameters, in their order and then that of the keys.
    bound_statement in_range(const std::vector<std::size_t>& columns, bool first, bool last) const;

    /// Each throws failure with a sentence.
    [[noreturn]] void unknown_key(std::span<const acta_value> key) const;
    [[noreturn]] void changed_key(std::span<const acta_value> key) const;
    [[noreturn]] void refused_row(std::span<const acta_value> key, const failure& why) const;

private:
    std::string listed(const std::vector<std::size_t>& columns) const;
    bound_statement prepared(const std::string& sql) const;

    table_shape shape_;
    binding to_;
    bound_statement select_;
    bound_statement put_;
    bound_statement remove_;
    bound_statement count_;
};

}  // namespace acta::detail::rows
