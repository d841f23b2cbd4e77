#include "replay/typed_table.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

using acta::detail::connection;
using acta::detail::typed_table;

namespace {

/// A description as a plugin gives it, to be spoiled by tests.
struct description {
    std::vector<acta_column> columns;
    std::vector<std::vector<std::size_t>> indexes;
    std::string name = "month";

    description& column(const char* column_name, std::int32_t type, int key = 0, bool nullable = false) {
        columns.push_back({sizeof(acta_column), {column_name, std::strlen(column_name)}, type, nullable ? 1 : 0, key, 0});
        return *this;
    }
    typed_table checked() const {
        std::vector<const acta_column*> column_list;
        for (const auto& each : columns) column_list.push_back(&each);
        std::vector<acta_index> made;
        for (const auto& each : indexes) made.push_back({sizeof(acta_index), each.data(), each.size()});
        std::vector<const acta_index*> index_list;
        for (const auto& each : made) index_list.push_back(&each);
        return typed_table(
            {sizeof(acta_table), {name.data(), name.size()}, column_list.data(), column_list.size(), index_list.data(), index_list.size()});
    }
};

description month() {
    return description()
        .column("year", ACTA_INTEGER, 1)
        .column("month", ACTA_INTEGER, 2)
        .column("rate", ACTA_REAL, 0, true)
        .column("note", ACTA_TEXT);
}

}  // namespace

TEST_CASE("a description becomes a STRICT table with its key") {
    CHECK(month().checked().create_table() ==
          "CREATE TABLE \"month\" (\"year\" INTEGER NOT NULL, \"month\" INTEGER NOT NULL, \"rate\" REAL, \"note\" TEXT NOT NULL, "
          "PRIMARY KEY (\"year\", \"month\")) STRICT, WITHOUT ROWID");
    CHECK(description().column("year", ACTA_INTEGER, 1).checked().create_table() ==
          "CREATE TABLE \"month\" (\"year\" INTEGER PRIMARY KEY NOT NULL) STRICT");
    CHECK(description().column("b", ACTA_TEXT, 2).column("a", ACTA_BLOB, 1).checked().create_table() ==
          "CREATE TABLE \"month\" (\"b\" TEXT NOT NULL, \"a\" BLOB NOT NULL, PRIMARY KEY (\"a\", \"b\")) STRICT, WITHOUT ROWID");
}

TEST_CASE("words that SQL knows are names like any other") {
    description table = description().column("order", ACTA_TEXT, 1).column("group", ACTA_TEXT);
    table.name = "select";
    table.indexes = {{1}};
    const connection on(":memory:", SQLITE_OPEN_READWRITE, "", ":memory:");
    on.run(table.checked().create_table().c_str());
    table.checked().adjust_indexes(on);
    CHECK(table.checked().difference_to_stored(on).empty());
}

TEST_CASE("every broken rule has its sentence") {
    const auto why = [](const description& of) { return failure_of([&] { of.checked(); }).text; };
    const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
    description table = month();
    for (const char* const name : {"", "1st", "two words", "acta_mine", "SQLITE_x", "semi;colon", "quo\"te"}) {
        table.name = name;
        CHECK_MESSAGE(has(why(table), "needs another name"), name);
    }
    table.name = std::string(61, 'x');
    CHECK(has(why(table), "needs another name"));
    CHECK(has(why(description()), "0 columns"));
    CHECK(has(why(month().column("a b", ACTA_TEXT)), "a column named"));
    CHECK(has(why(month().column("YEAR", ACTA_TEXT)), "two columns named 'YEAR'"));
    CHECK(has(why(month().column("x", 9)), "abi.h"));
    CHECK(has(why(description().column("x", ACTA_TEXT)), "no key"));
    CHECK(has(why(description().column("x", ACTA_TEXT, 2)), "places are not 1"));
    CHECK(has(why(description().column("x", ACTA_TEXT, 1, true)), "may be NULL"));
    table = month();
    table.indexes = {{7}};
    CHECK(has(why(table), "not there"));
    table.indexes = {{}};
    CHECK(has(why(table), "too short"));
}

TEST_CASE("a stored table that differs is told by the first difference") {
    const connection on(":memory:", SQLITE_OPEN_READWRITE, "", ":memory:");
    on.run(month().checked().create_table().c_str());
    CHECK(month().checked().difference_to_stored(on).empty());
    const auto difference = [&](const description& of) { return of.checked().difference_to_stored(on); };
    CHECK(difference(month().column("more", ACTA_TEXT)) == "it has no column 'more'");
    CHECK(difference(description().column("year", ACTA_INTEGER, 1).column("month", ACTA_INTEGER, 2).column("rate", ACTA_REAL, 0, true)) ==
          "it has a column 'note' that is not here");
    CHECK(difference(description().column("year", ACTA_TEXT, 1)) == "its column 'year' is INTEGER there and TEXT here");
    CHECK(difference(description().column("year", ACTA_INTEGER, 1).column("month", ACTA_INTEGER)) == "its key is another one");
    CHECK(difference(description().column("year", ACTA_INTEGER, 1).column("note", ACTA_TEXT, 0, true)) ==
          "its column 'note' may be NULL here and not there");
    CHECK(difference(description()
                         .column("note", ACTA_TEXT)
                         .column("year", ACTA_INTEGER, 1)
                         .column("month", ACTA_INTEGER, 2)
                         .column("rate", ACTA_REAL, 0, true)) == "its columns stand in another order");
    description missing = month();
    missing.name = "another";
    CHECK(difference(missing) == "it is not there");
}

TEST_CASE("indexes follow the program") {
    const connection on(":memory:", SQLITE_OPEN_READWRITE, "", ":memory:");
    description table = month();
    on.run(table.checked().create_table().c_str());
    const auto indexes = [&] {
        acta::detail::statement names(
            on, "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name)");
        return names.step() ? std::string(names.text(0)) : std::string();
    };
    table.indexes = {{2}, {1, 0}};
    table.checked().adjust_indexes(on);
    CHECK(indexes() == "acta_month_by_month_year,acta_month_by_rate");
    table.indexes = {{2}, {3}};
    table.checked().adjust_indexes(on);
    CHECK(indexes() == "acta_month_by_note,acta_month_by_rate");
}
