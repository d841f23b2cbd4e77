// `acta dead-letters`: list, show, retry and discard what a projection could not handle.
#include <acta/store/sqlite.hpp>
#include <acta/replay/plugins.hpp>
#include <acta/replay/runner.hpp>

#include "running.hpp"

#include <doctest/doctest.h>

using namespace acta::testing_the_command;
using nlohmann::json;

namespace {

/// A store whose projection `superstitious` has parked shop-north at version 3.
struct stored {
    folder in;
    std::string store = in.path("shops.acta");
    std::string model = in.path("shops.acta.models/superstitious.db");
    stored() {
        make_store(store);
        std::filesystem::create_directory(in.path("shops.acta.models"));
        const acta::sqlite_log log(store, {.read_only = true});
        const acta::plugin library(ACTA_PLUGIN_THROWING);
        acta::runner(log, model, library.projection(), {.attempts = 2, .back_off = std::chrono::milliseconds(1)}).catch_up();
    }
    ended letters(const char* action, const words& more = {}) const {
        words given{"dead-letters", action, store};
        given.insert(given.end(), more.begin(), more.end());
        return run(given);
    }
    words takings() const { return rows_of(model, "SELECT shop, sales FROM taking ORDER BY shop"); }
};

void check_refused(const ended& result, int code, std::string_view part) {
    CAPTURE(result.err);
    CHECK(result.code == code);
    CHECK(result.said_one_sentence());
    CHECK(result.err.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE_FIXTURE(stored, "list names projection, stream, version, position, attempts and error") {
    const ended listed = letters("list");
    CHECK(listed.code == 0);
    CHECK(listed.out == "superstitious  shop-north version 3 and later, position 4, shop.sold, tried 2x: "
                        "thirteen \\u001b[31mis not\\u000aallowed\n");
    json letter = letters("list", {"--json"}).json_lines().at(0);
    CHECK(letter["parked_at"].is_string());
    letter.erase("parked_at");
    CHECK(letter == json{{"acta", 1},
                         {"kind", "dead_letter"},
                         {"read_model", model},
                         {"rows", "live"},
                         {"projection", "superstitious"},
                         {"stream", "shop-north"},
                         {"version", 3},
                         {"position", 4},
                         {"type", "shop.sold"},
                         {"revision", 1},
                         {"whole_stream", true},
                         {"attempts", 2},
                         {"error", "thirteen \x1b[31mis not\nallowed"}});
    CHECK(letters("list", {"--stream", "shop-south"}).out.empty());
    CHECK(letters("list", {"--projection", "another"}).out.empty());
    CHECK(letters("list", {"--version", "4"}).out.empty());
    CHECK(letters("list", {"--read-model", model}).out == listed.out);
    CHECK(takings() == words{"north|1", "süd|1"});
}

TEST_CASE_FIXTURE(stored, "show shows the event as well") {
    const ended shown = letters("show");
    CHECK(shown.out.find("{\"cents\":13,\"goods\":[],\"customer\":null}") != std::string::npos);
    CHECK(shown.out.find("3, and all later ones are kept out") != std::string::npos);
    CHECK_FALSE(has_control_characters(shown.out));
    CHECK(letters("show", {"--json"}).json_lines().at(0)["event"]["data"]["cents"] == 13);
    check_refused(letters("show", {"--stream", "shop-south"}), 3, "no such dead letter");
}

TEST_CASE_FIXTURE(stored, "retry fails as long as the projection does, and applies everything once that is mended") {
    const auto before = in.files();
    CHECK(letters("retry", {"--plugin", ACTA_PLUGIN_MENDED, "--dry-run"}).out == letters("list").out);
    CHECK(in.files() == before);
    const ended again = letters("retry", {"--plugin", ACTA_PLUGIN_THROWING, "--yes"});
    CHECK(again.code == 1);
    CHECK(again.said_one_sentence());
    CHECK(again.out.find("failed: the projection 'superstitious' failed at the event shop.sold") != std::string::npos);
    CHECK(letters("list").out.find("tried 3x") != std::string::npos);
    CHECK(letters("retry", {"--plugin", ACTA_PLUGIN_MENDED, "--yes"}).out ==
          "superstitious shop-north version 3: retried, 1 events applied\n");
    CHECK(takings() == words{"north|2", "süd|1"});
    CHECK(letters("list").out.empty());
    check_refused(letters("retry", {"--plugin", ACTA_PLUGIN_MENDED, "--yes"}), 3, "no such dead letter");
}

TEST_CASE_FIXTURE(stored, "discard gives the events up, while a program runs the projection, too") {
    const acta::sqlite_log log(store, {.read_only = true});
    const acta::plugin library(ACTA_PLUGIN_THROWING);
    acta::runner live(log, model, library.projection());
    const json done = letters("discard", {"--yes", "--json"}).json_lines().at(0);
    CHECK(done == json{{"acta", 1},
                       {"kind", "dead_letter_done"},
                       {"projection", "superstitious"},
                       {"stream", "shop-north"},
                       {"version", 3},
                       {"done", "discarded"},
                       {"events", 0},
                       {"error", nullptr}});
    CHECK(letters("list").out.empty());
    CHECK(takings() == words{"north|1", "süd|1"});
}

TEST_CASE_FIXTURE(stored, "what changes letters wants to be allowed, and the code of the projection") {
    const auto before = in.files();
    check_refused(run_shell("$acta dead-letters discard " + store + " </dev/null"), 2, "--yes");
    check_refused(letters("retry", {"--yes"}), 2, "--plugin");
    check_refused(letters("list", {"--yes"}), 2, "belong to retry and discard");
    check_refused(letters("lst"), 2, "did you mean \"list\"?");
    check_refused(letters("retry", {"--yes", "--plugin", ACTA_PLUGIN_TAKINGS}), 3, "no projection 'superstitious'");
    CHECK(in.files() == before);
}
