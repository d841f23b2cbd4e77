#include "replay/parked_streams.hpp"

#include <doctest/doctest.h>

using acta::dead_letter;

TEST_CASE("a letter of a whole stream keeps out its version and all later ones, of that stream alone") {
    acta::detail::parked_streams parked;
    CHECK_FALSE(parked.keeps_out("account-ada", 1));
    parked.add({.stream = "account-ada", .version = 5});
    CHECK_FALSE(parked.keeps_out("account-ada", 4));
    CHECK(parked.keeps_out("account-ada", 5));
    CHECK(parked.keeps_out("account-ada", 6));
    CHECK_FALSE(parked.keeps_out("account-bob", 6));
}

TEST_CASE("a letter of one event keeps out that event, beside one of a whole stream, too") {
    acta::detail::parked_streams parked;
    parked.add({.stream = "account-ada", .version = 3, .whole_stream = false});
    CHECK(parked.keeps_out("account-ada", 3));
    CHECK_FALSE(parked.keeps_out("account-ada", 4));
    parked.add({.stream = "account-ada", .version = 7});
    parked.add({.stream = "account-ada", .version = 6});
    CHECK(parked.keeps_out("account-ada", 3));
    CHECK_FALSE(parked.keeps_out("account-ada", 5));
    CHECK(parked.keeps_out("account-ada", 6));
    CHECK(parked.keeps_out("account-ada", 8));
}
