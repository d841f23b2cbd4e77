#include <acta/read/row.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace acta::detail::rows;

namespace {

struct person {
    std::string name;
    std::optional<int> age;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name));
        ar& acta::field("age", age);
    }
};

struct outside {
    double size = 0;
};
template <class Archive>
void serialize(Archive& ar, outside& row) {
    ar(acta::field("size", row.size));
}

}  // namespace

TEST_CASE("a row's columns are the fields of its serialize(), in that order") {
    const auto columns = describe<person>();
    REQUIRE(columns.size() == 2);
    CHECK(columns[0].name == "name");
    CHECK(columns[0].type == ACTA_TEXT);
    CHECK_FALSE(columns[0].nullable);
    CHECK(columns[1].name == "age");
    CHECK(columns[1].type == ACTA_INTEGER);
    CHECK(columns[1].nullable);
    CHECK(columns[0].offset != columns[1].offset);
}

TEST_CASE("a serialize() outside of the row's class is found as well") {
    REQUIRE(describe<outside>().size() == 1);
    CHECK(describe<outside>()[0].name == "size");
}

TEST_CASE("a row is written to values and read from them") {
    std::array<acta_value, 2> values{};
    row_writer writer(values);
    person ada{"Ada", 36};
    walk(writer, ada);
    CHECK(writer.count() == 2);
    CHECK(values[1].integer == 36);

    person copy;
    row_reader reader(values);
    walk(reader, copy);
    CHECK(copy.name == "Ada");
    CHECK(copy.age == 36);
}
