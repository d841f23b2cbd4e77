// Where the command writes: terminals, pipes that close, full disks, closed descriptors.
#include "running.hpp"

#include <doctest/doctest.h>

using namespace acta::testing_the_command;
using stream = surroundings::stream;

namespace {

struct stored {
    folder in;
    std::string store = in.path("shops.acta");
    stored() { make_store(store); }
};

bool coloured(const std::string& text) { return text.find("\x1b[") != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(stored, "colours and a heading are for terminals only") {
    const ended terminal = run({"events", store}, {.out = stream::terminal});
    CHECK(terminal.code == 0);
    CHECK(coloured(terminal.out));
    CHECK(terminal.lines().size() == 8);
    CHECK(terminal.out.find("position") != std::string::npos);
    CHECK_FALSE(coloured(run({"events", store}).out));
    CHECK(run({"streams", store}, {.out = stream::terminal}).lines().size() == 4);
}

TEST_CASE_FIXTURE(stored, "NO_COLOR and a dumb terminal switch colours off") {
    for (const std::string variable : {"NO_COLOR=1", "NO_COLOR=0", "TERM=dumb", "TERM="}) {
        const ended result = run({"events", store}, {.out = stream::terminal, .variables = {variable}});
        CAPTURE(variable);
        CHECK(result.code == 0);
        CHECK_FALSE(coloured(result.out));
        CHECK(result.lines().size() == 8);
    }
    CHECK(coloured(run({"events", store}, {.out = stream::terminal, .variables = {"NO_COLOR="}}).out));  // empty means not set
}

TEST_CASE_FIXTURE(stored, "on a terminal, too, stored text cannot do more than be read") {
    const std::string out = run({"events", store, "--json"}, {.out = stream::terminal}).out;
    CHECK_FALSE(coloured(out));  // JSON has no colours of ours, so every escape would be one of the store's
    std::string shown = run({"events", store}, {.out = stream::terminal, .variables = {"NO_COLOR=1"}}).out;
    std::erase(shown, '\r');  // of the terminal itself
    CHECK_FALSE(has_control_characters(shown));
}

TEST_CASE("a reader that stops early ends the command quietly") {
    const folder in;
    const std::string store = in.path("large.acta");
    make_large_store(store, 50'000);
    const ended result = run_shell("$acta events '" + store + "' | head -n 1");
    CHECK(result.code == 0);  // with pipefail: the command's own code
    CHECK(result.err.empty());
    CHECK(result.lines().size() == 1);
    const ended json = run_shell("trap '' PIPE; $acta events --json '" + store + "' | head -n 1");
    CHECK(json.code == 0);
    CHECK(json.err.empty());
}

TEST_CASE_FIXTURE(stored, "output that cannot be written is a failure in one sentence") {
    for (const words& given :
         {words{"events", store}, words{"info", store, "--json"}, words{"streams", store}, words{"--help"}, words{"--version"}}) {
        const ended full = run(given, {.out = stream::full_device});
        CAPTURE(full.err);
        CHECK(full.code == 1);
        CHECK(full.said_one_sentence());
        CHECK(full.err.find("No space left on device") != std::string::npos);
        const ended closed = run(given, {.out = stream::closed});
        CHECK(closed.code == 1);
        CHECK(closed.said_one_sentence());
    }
}

TEST_CASE_FIXTURE(stored, "every verb ends with 1 and a sentence when what it has to say cannot be written, and what it did is sound") {
    const std::string model = in.path("shops.acta.models/takings.db");
    std::filesystem::create_directory(in.path("shops.acta.models"));
    const words verbs[] = {{"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", model},
                           {"verify", store},
                           {"layout", "list", store},
                           {"layout", "show", store, "shop.sold"},
                           {"layout", "check", store, "--plugin", ACTA_PLUGIN_TAKINGS},
                           {"projections", "status", store},
                           {"projections", "rebuild", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--diff", "--dry-run"},
                           {"projections", "rebuild", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--yes"},
                           {"help", "replay"}};
    for (const words& given : verbs)
        for (const stream out : {stream::full_device, stream::closed}) {
            const ended result = run(given, {.out = out});
            const std::string what = given[0] + " " + given[1];
            CAPTURE(what);
            CAPTURE(result.err);
            CHECK(result.code == 1);
            CHECK(result.err.find("cannot write to standard output") != std::string::npos);
        }
    CHECK(rows_of(model, "SELECT shop, sales FROM taking ORDER BY shop") == words{"north|2", "süd|1"});
    CHECK(run({"verify", store}).code == 0);
}

TEST_CASE_FIXTURE(stored, "with the standard descriptors closed no output ends up in a file that is opened in their place") {
    const auto before = in.files();
    CHECK(run_shell("$acta events '" + store + "' <&- >&- 2>&-; echo $?").out == "1\n");
    CHECK(in.files() == before);
    const std::string replay = "$acta replay '" + store + "' --plugin " ACTA_PLUGIN_TAKINGS " --into '" + in.path("takings.db") + "'";
    CHECK(run_shell(replay + " >&-; echo $?").out == "1\n");                  // the first file to be opened would be standard output
    for (const auto& one : std::filesystem::directory_iterator(in.root())) {  // side files, too
        CAPTURE(one.path());
        CHECK(bytes_of_file(one.path()).find("events applied") == std::string::npos);
        CHECK(bytes_of_file(one.path()).find("acta: cannot") == std::string::npos);
    }
}

TEST_CASE_FIXTURE(stored, "a closed standard error loses the sentence, not the exit code") {
    CHECK(run({"info", in.path("missing.acta")}, {.err = stream::closed}).code == 3);
    CHECK(run({"info", in.path("missing.acta")}, {.err = stream::full_device}).code == 3);
    CHECK(run({"info", store}, {.err = stream::closed}).code == 0);
}
