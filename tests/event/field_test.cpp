// A field and its name, for one archive call.
#include <acta/event/field.hpp>

#include <doctest/doctest.h>

TEST_CASE("a field borrows the value and keeps the literal's name") {
    int cents = 5;
    const auto field = acta::field("cents", cents);
    CHECK(field.name == "cents");
    CHECK(&field.value == &cents);
    field.value = 7;
    CHECK(cents == 7);
}

TEST_CASE("a field of a constant is constant, and any archive can be called with it") {
    const int cents = 5;
    static_assert(std::is_same_v<decltype(acta::field("cents", cents)), acta::named_field<const int>>);
    const auto archive = [](const auto&... fields) { return (0 + ... + fields.value); };
    CHECK(archive(acta::field("a", cents), acta::field("b", cents)) == 10);
}
