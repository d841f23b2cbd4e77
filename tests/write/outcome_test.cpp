#include <acta/write/outcome.hpp>

#include <doctest/doctest.h>

using acta::outcome;
static const acta::stream_name ada("account-ada");
constexpr acta::refusal no{"account.no", "not today"};

TEST_CASE("an accepted outcome is true and says where it is stored") {
    const outcome done = outcome::when_accepted(ada, 3, 17);
    CHECK(done);
    CHECK(done.stream() == ada);
    CHECK(done.version() == 3);
    CHECK(done.position() == 17);
    CHECK_FALSE(done.refusal());
    CHECK_FALSE(done.conflict());
    CHECK_FALSE(done.unknown());
    CHECK(done.text() == "account-ada: accepted at version 3");
}

TEST_CASE("a refused outcome is false and says why") {
    const outcome done = outcome::when_refused(ada, 3, 17, no);
    CHECK_FALSE(done);
    CHECK(done.refusal() == no);
    CHECK_FALSE(done.conflict());
    CHECK_FALSE(done.unknown());
    CHECK(done.position() == 17);
    CHECK(done.text() == "account-ada: refused: not today (account.no)");
    CHECK(outcome::when_refused({}, 0, 0, no).text() == "refused: not today (account.no)");
}

TEST_CASE("a conflict says what was expected and what was found") {
    const outcome done = outcome::when_conflict({ada, acta::exactly(3), 5});
    CHECK_FALSE(done);
    CHECK_FALSE(done.refusal());
    REQUIRE(done.conflict());
    CHECK(done.conflict()->stream == ada);
    CHECK(done.conflict()->expected == acta::exactly(3));
    CHECK(done.conflict()->actual == 5);
    CHECK(done.version() == 5);
    CHECK(done.text() == "account-ada: in conflict: expected version 3, found version 5: load it again and decide again");
}

TEST_CASE("an unknown outcome is false, and neither refused nor in conflict") {
    const outcome done = outcome::when_unknown(ada, "the disk went away");
    CHECK_FALSE(done);
    CHECK(done.unknown());
    CHECK_FALSE(done.refusal());
    CHECK_FALSE(done.conflict());
    CHECK(done.text() == "account-ada: unknown whether it is stored: the disk went away");
}
