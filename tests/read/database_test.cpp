#include <acta/read/column.hpp>
#include <acta/read/database.hpp>

#include "support_memory.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace acta::detail::rows;

TEST_CASE("a statement answers its rows one by one and can be run again") {
    memory_model model;
    bound_statement query(model.functions(), "SELECT ? UNION ALL SELECT ?", ACTA_BY_AUTHOR);
    const std::array<acta_value, 2> given{integer_value(1), integer_value(2)};
    std::array<acta_value, 1> row{};
    for (int round = 0; round < 2; ++round) {
        REQUIRE(query.run(given, row));
        CHECK(row[0].integer == 1);
        REQUIRE(query.next(row));
        CHECK(row[0].integer == 2);
        CHECK_FALSE(query.next(row));
        CHECK_FALSE(query.next(row));
    }
    REQUIRE(query.run(given, row));
    query.reset();
    CHECK_FALSE(query.next(row));
}

TEST_CASE("what a query was given is kept for its later rows") {
    memory_model model;
    bound_statement query(model.functions(), "SELECT ?1 || x FROM (SELECT 'a' AS x UNION ALL SELECT 'b')", ACTA_BY_AUTHOR);
    std::array<acta_value, 1> row{};
    {
        std::string text = "a text that is long enough to live on the heap: ";
        const std::array<acta_value, 1> given{text_value(text)};
        REQUIRE(query.run(given, row));
        std::fill(text.begin(), text.end(), '?');
    }
    REQUIRE(query.next(row));
    CHECK(std::string(static_cast<const char*>(row[0].data), row[0].size) == "a text that is long enough to live on the heap: b");
}

TEST_CASE("numbers of statements that were released do nothing, and are used again") {
    memory_model model;
    const acta_database& db = model.functions();
    std::uint64_t first = 0;
    { const bound_statement gone(db, "SELECT 1", ACTA_BY_AUTHOR); }
    char text[200];
    acta_error error{text, sizeof text, 0};
    std::int32_t has_row = 0;
    CHECK(db.run(db.self, 1, nullptr, 0, nullptr, 0, &has_row, &error) == ACTA_MISUSE);
    CHECK(has(std::string(text, error.size), "no statement with that number"));
    db.reset(db.self, 77);
    db.release(db.self, 77);
    REQUIRE(db.prepare(db.self, {"SELECT 2", 8}, ACTA_BY_AUTHOR, &first, &error) == ACTA_OK);
    CHECK(first == 1);
    db.release(db.self, first);
}

TEST_CASE("a parameter of a type that is none is refused") {
    memory_model model;
    bound_statement query(model.functions(), "SELECT ?", ACTA_BY_AUTHOR);
    std::array<acta_value, 1> value{}, row{};
    value[0].type = 99;
    CHECK(has(sentence_of([&] { query.run(value, row); }), "abi.h"));
    CHECK(has(sentence_of([&] { bound_statement(model.functions(), "SELECT 1", 7); }), "ACTA_BY_TABLE or ACTA_BY_AUTHOR"));
}

TEST_CASE("a statement of the table itself writes to typed tables alone") {
    memory_model model;
    model.run("CREATE TABLE loose (x)");
    const auto why = sentence_of([&] { bound_statement(model.functions(), "INSERT INTO loose VALUES (1)", ACTA_BY_TABLE); });
    CHECK(has(why, "no typed table"));
}
