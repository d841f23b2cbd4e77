// projection_spec: given events on streams, then rows: a projection's behaviour as a sentence, on a store in memory.
#pragma once

#if !defined(ACTA_ROOM_TESTING)
#error "acta/testing/projection_spec.hpp belongs to tests: link acta::testing"
#endif

#include <acta/store/sqlite.hpp>
#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>
#include <acta/replay/fold.hpp>
#include <acta/testing/replay_equality.hpp>
#include <acta/testing/report.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

namespace acta::testing {

namespace detail {

/// A row as its columns: `{"account_id":"ada","cents":70}`. Two rows are stored alike when their texts are the same.
std::string columns_text(const std::vector<acta::detail::rows::column_info>& columns, std::span<const acta_value> values);

template <class Row>
std::string row_text(Row row) {
    const auto columns = acta::detail::rows::describe<Row>();
    std::vector<acta_value> values(columns.size());
    acta::detail::rows::row_writer writer(values);
    acta::detail::rows::walk(writer, row);
    return columns_text(columns, values);
}

/// The rows of one table of the projection that is looked at.
struct found_rows {
    std::string table{};
    std::vector<std::string> rows{};
};
void check_rows(std::vector<std::string> expected, const std::optional<found_rows>& found, const std::source_location& where);

}  // namespace detail

/// An expected row, and the line that expects it. Made from a row where it is written.
struct expected_row {
    std::type_index type;
    std::string text;
    std::source_location where;

    template <class Row>
        requires std::is_class_v<Row> && std::is_default_constructible_v<Row>
        expected_row(const Row& row, const std::source_location& at = std::source_location::current())
            : type(typeid(Row)), text(detail::row_text(row)), where(at) {}
};

/// `projection_spec<balances>().given("account-ada", deposited{100}, withdrawn{30}).then_rows(balance{"ada", 70});`
/// Each `then` is one assertion of the running doctest case; one that does not hold fails the line it stands on and shows what was
/// expected and what was found. More events may be given after a `then`.
template <class P>
class projection_spec {
public:
    /// Events that happened to a stream, behind those given before. Metadata and tags may be written to them.
    template <class... E>
    projection_spec& given(std::string_view stream, const E&... event) {
        static_assert(sizeof...(E) > 0, "given(stream, ...) needs at least one event");
        (void)log_->append(stream_name(stream), any, {new_event(event)...}).value();
        return *this;
    }
    /// When the events given next are recorded. Never goes back.
    projection_spec& at(timestamp now) {
        clock_->set(now);
        return *this;
    }

    /// Everything given so far is delivered once more, as to a projection that somebody folds twice: what is said next has to hold for
    /// it as well. (A runner never does this to a read model.)
    projection_spec& delivered_twice() {
        P& projection = caught_up();
        fold(*log_, projection, {.until = position_});
        return *this;
    }

    /// Exactly these rows, in any order, in the table whose rows are of this type.
    template <class... More>
    projection_spec& then_rows(const expected_row& first, const More&... more) {
        static_assert((std::is_same_v<More, std::common_type_t<More...>> && ...), "the rows of one then_rows are of one type");
        detail::check_rows({first.text, detail::row_text(more)...}, rows_of(first.type), first.where);
        return *this;
    }
    /// No rows at all in the table whose rows are of this type: `then_no_rows<balance>()`. (Of a chain over several
    /// lines clang names the first one here, and g++ this one.)
    template <class Row>
    projection_spec& then_no_rows(const std::source_location& where = std::source_location::current()) {
        detail::check_rows({}, rows_of(typeid(Row)), where);
        return *this;
    }
    /// As acta::testing::rebuild_equals_live and crash_at_every_commit, over the events given so far.
    projection_spec& rebuild_equals_live(const std::source_location& where = std::source_location::current()) {
        testing::rebuild_equals_live<P>(*log_, where);
        return *this;
    }
    projection_spec& crash_at_every_commit(const std::source_location& where = std::source_location::current()) {
        testing::crash_at_every_commit<P>(*log_, where);
        return *this;
    }
    /// Hands over the projection, for CHECKs of the caller's own.
    template <class F>
    projection_spec& then_projection(F look) {
        std::invoke(std::move(look), std::as_const(caught_up()));
        return *this;
    }

private:
    P& caught_up() {
        position_ = fold(*log_, *projection_, {.after = position_});
        return *projection_;
    }
    std::optional<detail::found_rows> rows_of(std::type_index type) {
        P& projection = caught_up();
        std::optional<detail::found_rows> found;
        if constexpr (requires { projection.tables(); })
            std::apply([&](const auto&... table) { (add_rows(table, type, found), ...); }, projection.tables());
        return found;
    }
    template <class Table>
    static void add_rows(const Table& table, std::type_index type, std::optional<detail::found_rows>& found) {
        if constexpr (requires { typename Table::row_type; }) {
            if (type != typeid(typename Table::row_type)) return;
            if (!found) found.emplace().table = table.table_name();
            for (const auto& row : table) found->rows.push_back(detail::row_text(row));
        }
    }

    std::unique_ptr<manual_clock> clock_ = std::make_unique<manual_clock>(clock::system().now());
    std::unique_ptr<log> log_ = std::make_unique<sqlite_log>(":memory:", options{.clock = clock_.get()});
    std::unique_ptr<P> projection_ = std::make_unique<P>();
    position position_ = 0;
};

}  // namespace acta::testing
