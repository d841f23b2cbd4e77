// A row's columns, from its serialize(): the light archives of tables, without cereal.
#pragma once

#include <acta/read/column.hpp>

#include <span>

namespace acta::detail::rows {

template <class T>
inline constexpr bool is_named_field = false;
template <class T>
inline constexpr bool is_named_field<named_field<T>> = true;

/// What the three archives share: they are called with named fields, each of which is one column. Self provides `on(name, value)`.
template <class Self>
class row_archive {
public:
    template <class... Fields>
    Self& operator()(Fields&&... fields) {
        (one(fields), ...);
        return self();
    }
    template <class Field>
    Self& operator&(Field&& field) {
        one(field);
        return self();
    }

private:
    template <class Field>
    void one(Field& field) {
        if constexpr (!is_named_field<std::remove_cv_t<Field>>) {
            static_assert(is_named_field<Field>, "a column needs a name: write ar(acta::field(\"name\", member)) in the row's serialize()");
        } else {
            static_assert(column<std::remove_cvref_t<decltype(field.value)>>,
                          "a column holds one value: a number, text, bytes, a duration or time, an enumeration, an optional of these; or, "
                          "as JSON text, "
                          "a standard container or a struct with a serialize() of its own");
            if constexpr (column<std::remove_cvref_t<decltype(field.value)>>) self().on(field.name, field.value);
        }
    }
    Self& self() { return static_cast<Self&>(*this); }
};

template <class Archive, class Row>
void walk(Archive& archive, Row& row) {
    if constexpr (requires { row.serialize(archive); }) row.serialize(archive);
    else if constexpr (requires { serialize(archive, row); }) serialize(archive, row);
    else
        static_assert(!std::is_same_v<Row, Row>, "a row needs `template <class Archive> void serialize(Archive& ar) { "
                                                 "ar(acta::field(\"name\", member), ...); }`: its fields are the table's columns");
}

struct column_info {
    std::string name;
    std::int32_t type = 0;
    bool nullable = false;
    std::ptrdiff_t offset = 0;  ///< of the member in its row
};

class row_describer : public row_archive<row_describer> {
public:
    explicit row_describer(const void* row) : row_(static_cast<const char*>(row)) {}
    template <class T>
    void on(std::string_view name, const T& value) {
        columns.push_back({std::string(name), column_type<T>(), is_optional<T>, reinterpret_cast<const char*>(&value) - row_});
    }
    std::vector<column_info> columns;

private:
    const char* row_;
};

/// The columns of a row, in the order of its serialize().
template <class Row>
std::vector<column_info> describe() {
    static_assert(std::is_default_constructible_v<Row> && std::is_copy_constructible_v<Row>,
                  "a row is a plain value: default constructible (give every field an initialiser) and copyable");
    Row row{};
    row_describer describer(&row);
    walk(describer, row);
    return std::move(describer.columns);
}

/// Fills SQL values, borrowed from the row; counts on after the last place, so that a branch in serialize() is found.
class row_writer : public row_archive<row_writer> {
public:
    explicit row_writer(std::span<acta_value> to) : to_(to) {}
    template <class T>
    void on(std::string_view name, const T& value) {
        if (count_ < to_.size()) to_[count_] = to_value(value, name, kept_);
        ++count_;
    }
    std::size_t count() const noexcept { return count_; }
    void start_again() {
        count_ = 0;
        kept_.clear();
    }

private:
    std::span<acta_value> to_;
    std::size_t count_ = 0;
    kept_texts kept_;
};

/// Adds up the bytes that a row's texts take beside it; what becomes JSON counts when it is written.
class row_scales : public row_archive<row_scales> {
public:
    template <class T>
    void on(std::string_view, const T& value) {
        if constexpr (std::is_same_v<T, std::string> || is_bytes<T>) bytes += value.size();
        else if constexpr (std::is_same_v<T, std::optional<std::string>>) bytes += value ? value->size() : 0;
    }
    std::size_t bytes = 0;
};

/// Fills a row from SQL values.
class row_reader : public row_archive<row_reader> {
public:
    explicit row_reader(std::span<const acta_value> from) : from_(from) {}
    template <class T>
    void on(std::string_view name, T& value) {
        if (count_ < from_.size()) from_value(from_[count_], value, name);
        ++count_;
    }

private:
    std::span<const acta_value> from_;
    std::size_t count_ = 0;
};

}  // namespace acta::detail::rows
