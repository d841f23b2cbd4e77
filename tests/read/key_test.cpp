#include <acta/read/key.hpp>

#include <doctest/doctest.h>

using namespace acta::detail::rows;

namespace {

struct base {
    std::int64_t year = 0;
};
struct row : base {
    std::string name;
    std::optional<int> age;
    double size = 0;
};
struct other {
    int number = 0;
};

}  // namespace

TEST_CASE("a key is one member of the row or several") {
    CHECK(access_for<row, &row::name>::valid);
    CHECK(access_for<row, &row::year>::valid);  // of its base
    CHECK(access_for<row, acta::key<&row::year, &row::name>>::valid);
    CHECK_FALSE(access_for<row, &other::number>::valid);
    CHECK_FALSE(access_for<row, acta::key<&row::name, &other::number>>::valid);
    CHECK_FALSE(access_for<row, acta::key<>>::valid);
    CHECK_FALSE(access_for<row, 5>::valid);
}

TEST_CASE("what SQL cannot find again is not fit for a key") {
    CHECK(access_for<row, acta::key<&row::year, &row::name>>::type::fit());
    CHECK_FALSE(access_for<row, &row::age>::type::fit());
    CHECK_FALSE(access_for<row, acta::key<&row::name, &row::size>>::type::fit());
    CHECK(fit_for_a_key<std::chrono::sys_seconds>());
    CHECK_FALSE(fit_for_a_key<std::chrono::duration<double>>());
    CHECK(fit_for_a_key<acta::strong<struct id_tag, std::string>>());
}

TEST_CASE("a key is taken from a row, compared and filled in") {
    using by = access_for<row, acta::key<&row::year, &row::name>>::type;
    row some;
    by::fill(some, {2013, "x"});
    CHECK(some.year == 2013);
    CHECK(by::is(some, {2013, "x"}));
    CHECK_FALSE(by::is(some, {2013, "y"}));
    CHECK(by::in(some) == by::type{2013, "x"});

    using one = access_for<row, &row::name>::type;
    CHECK(one::in(some) == "x");
    CHECK(one::is(some, "x"));
}

TEST_CASE("equal keys hash alike, and the parts' places matter") {
    const key_hash hash;
    CHECK(hash(std::string("a")) == hash(std::string("a")));
    CHECK(hash(std::tuple(1, 2)) != hash(std::tuple(2, 1)));
    CHECK(hash(acta::strong<struct id_tag, std::string>("a")) == hash(std::string("a")));
}
