#include <acta/write/send_options.hpp>

#include <doctest/doctest.h>

using acta::detail::metadata_stamp;
static const acta::command_id id("request-7");

TEST_CASE("correlation and causation default to the command's id") {
    const acta::metadata made = metadata_stamp({}).for_command(id);
    CHECK(made.correlation() == "request-7");
    CHECK(made.causation() == "request-7");
    CHECK_FALSE(made.actor());
}

TEST_CASE("correlation defaults to the cause's before the command's id, causation does not") {
    const acta::metadata cause = acta::metadata().with_correlation("conversation-1").with_causation("request-1");
    const acta::metadata made = metadata_stamp({.cause = &cause}).for_command(id);
    CHECK(made.correlation() == "conversation-1");
    CHECK(made.causation() == "request-7");

    const acta::metadata silent;
    CHECK(metadata_stamp({.cause = &silent}).for_command(id).correlation() == "request-7");
}

TEST_CASE("what is given is never overwritten") {
    const acta::timestamp noon{std::chrono::hours(12)};
    const acta::metadata cause = acta::metadata().with_correlation("conversation-1");
    const acta::metadata made = metadata_stamp({.actor = "teller-7",
                                                .correlation = "mine",
                                                .causation = "theirs",
                                                .cause = &cause,
                                                .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                                .occurred_at = noon,
                                                .metadata = acta::metadata().with("branch", "Harbour")})
                                    .for_command(id);
    CHECK(made.actor() == "teller-7");
    CHECK(made.correlation() == "mine");
    CHECK(made.causation() == "theirs");
    CHECK(made.traceparent() == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    CHECK(made.occurred_at() == noon);
    CHECK(made.find("branch") == "Harbour");
    CHECK(made.items().size() == 6);
}

TEST_CASE("metadata that is given whole counts as given too") {
    const acta::metadata given = acta::metadata().with_correlation("mine").with_causation("theirs");
    CHECK(metadata_stamp({.metadata = given}).for_command(id) == given);
}
