// Ctrl-C, or a plain kill, in the middle of each verb: the command ends by it at once, and store and read models are as sound as before.
#include <acta/store/sqlite.hpp>
#include <acta/replay/plugins.hpp>
#include <acta/replay/runner.hpp>

#include "running.hpp"
#include "support/campaign.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <set>
#include <thread>

using namespace acta::testing_the_command;
using namespace std::chrono_literals;
using tests::campaign;

namespace {

constexpr int events = 40'000;

/// A store large enough that a verb is at it for a while, and beside it what a projection has parked of a small one.
struct stored {
    folder in;
    std::string store = in.path("shops.acta"), small = in.path("small.acta");
    std::string model = in.path("shops.acta.models/takings.db"), slow = in.path("shops.acta.models/slow_takings.db");
    stored() {
        make_large_store(store, events);
        std::filesystem::create_directory(store + ".models");
        make_store(small);
    }
    void park() const {
        std::filesystem::remove_all(small + ".models");
        std::filesystem::create_directory(small + ".models");
        const acta::sqlite_log log(small, {.read_only = true});
        const acta::plugin library(ACTA_PLUGIN_THROWING);
        acta::runner(log, small + ".models/superstitious.db", library.projection(), {.attempts = 1}).catch_up();
    }
};

enum class output { nowhere, into_a_full_pipe };

/// Starts the command, lets it work for a while, and sends it the signal. True: it was ended by that, false: it had ended well before.
bool interrupt(const words& given, int signal, std::chrono::microseconds after, output where) {
    words program{ACTA_COMMAND};
    program.insert(program.end(), given.begin(), given.end());
    std::vector<char*> argv;
    for (std::string& word : program) argv.push_back(word.data());
    argv.push_back(nullptr);
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    sigset_t both, before;
    ::sigemptyset(&both), ::sigaddset(&both, SIGINT), ::sigaddset(&both, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &both, &before);  // until the handlers of this program are gone from the child
    const pid_t pid = ::fork();
    if (pid == 0) {
        std::signal(SIGINT, SIG_DFL), std::signal(SIGTERM, SIG_DFL);
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        const int nowhere = ::open("/dev/null", O_RDWR);
        ::dup2(where == output::nowhere ? nowhere : pipe[1], 1);
        ::dup2(nowhere, 2);
        ::execv(argv[0], argv.data());
        ::_exit(121);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::this_thread::sleep_for(after);
    ::kill(pid, signal);
    int status = 0;
    const auto sent = std::chrono::steady_clock::now();
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() - sent > 2s) ::kill(pid, SIGKILL);
        std::this_thread::sleep_for(1ms);
    }
    ::close(pipe[0]), ::close(pipe[1]);
    if (WIFEXITED(status)) CHECK(WEXITSTATUS(status) == 0);
    else CHECK(WTERMSIG(status) == signal);  // SIGKILL: it did not end by itself
    return WIFSIGNALED(status);
}

/// Every event up to the checkpoint is in the rows once, whatever became of who wrote them.
void check_model(const std::string& file) {
    if (!std::filesystem::exists(file)) return;
    CHECK(rows_of(file, "PRAGMA integrity_check") == words{"ok"});
    if (rows_of(file, "SELECT 1 FROM sqlite_schema WHERE name = 'taking'").empty()) return;  // killed before it had any
    CHECK(rows_of(file, "SELECT (SELECT coalesce(sum(sales), 0) FROM taking) = coalesce((SELECT position FROM acta_checkpoint), 0)") ==
          words{"1"});
}

}  // namespace

TEST_CASE_FIXTURE(stored, "a signal at any moment of any verb ends it at once, and leaves store and read models sound") {
    const std::string bytes = bytes_of_file(store);
    const words verbs[] = {
        {"info", store},
        {"events", store},
        {"events", store, "--json"},
        {"streams", store},
        {"layout", "list", store},
        {"layout", "show", store, "shop.sold", "--schema"},
        {"layout", "diff", store, "shop.sold", "shop.sold"},
        {"layout", "check", store, "--plugin", ACTA_PLUGIN_TAKINGS},
        {"help", "layout"},
        {"verify", store},
        {"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", model},
        {"replay", store, "--plugin", ACTA_PLUGIN_SLOW, "--into", slow},
        {"projections", "status", store, "--plugin", ACTA_PLUGIN_TAKINGS},
        {"projections", "rebuild", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--yes"},
        {"projections", "rebuild", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--diff", "--dry-run"},
        {"projections", "rebuild", store, "--plugin", ACTA_PLUGIN_SLOW, "--yes"},
    };
    const words& replayed = *std::find_if(std::begin(verbs), std::end(verbs), [](const words& verb) { return verb[0] == "replay"; });
    campaign run_for(5 * std::size(verbs), std::size(verbs));
    MESSAGE("seed " << run_for.seed());
    std::uint64_t ended_by_it = 0, moments = 0;
    std::set<std::uint64_t> kinds;  // of verbs that were ended by it
    do {
        CAPTURE(run_for.seed_of_round());
        std::mt19937_64 random(run_for.seed_of_round());
        const std::uint64_t kind = run_for.rounds_done() % std::size(verbs);
        const words& verb = verbs[kind];
        const std::string what = verb[0] + " " + verb[1];
        CAPTURE(what);
        if (verb.back() == "--dry-run") REQUIRE(run(replayed).code == 0);  // there is a read model to differ from
        const bool by_it =
            interrupt(verb, random() % 2 == 0 ? SIGINT : SIGTERM, std::chrono::microseconds(random() % (1U << (10 + random() % 8))),
                      random() % 2 == 0 ? output::nowhere : output::into_a_full_pipe);
        if (by_it) ++ended_by_it, kinds.insert(kind);
        ++moments;
        CHECK((bytes_of_file(store) == bytes));
        CHECK(run({"verify", store}).code == 0);
        check_model(model);
        check_model(slow);
        CHECK(run({"projections", "status", store}).code == 0);
    } while (run_for.next());
    MESSAGE(moments << " commands of " << std::size(verbs) << " kinds, " << ended_by_it << " of them, of " << kinds.size()
                    << " kinds, ended by the signal");
    CHECK(ended_by_it > moments / 3);

    // What was left half-done is done, and leaves one file.
    CHECK(run({"projections", "rebuild", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--yes"}).code == 0);
    CHECK(run({"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", model}).code == 0);
    CHECK_FALSE(std::filesystem::exists(model + ".rebuild"));
    CHECK_FALSE(std::filesystem::exists(model + "-wal"));
    CHECK(rows_of(model, "SELECT sum(sales) FROM taking") == words{std::to_string(events)});
}

TEST_CASE_FIXTURE(stored, "a signal while letters are listed, retried or discarded leaves each as it was or done") {
    const std::string parked = small + ".models/superstitious.db";
    const char* const actions[] = {"list", "show", "retry", "discard"};
    campaign run_for(10 * std::size(actions), std::size(actions));
    MESSAGE("seed " << run_for.seed());
    std::uint64_t ended_by_it = 0, done = 0;
    do {
        CAPTURE(run_for.seed_of_round());
        std::mt19937_64 random(run_for.seed_of_round());
        park();
        const words before = rows_of(parked, "SELECT shop, sales FROM taking ORDER BY shop");
        const std::string action = actions[run_for.rounds_done() % std::size(actions)];
        CAPTURE(action);
        words given{"dead-letters", action, small};
        if (action == "retry" || action == "discard") given.insert(given.end(), {"--plugin", ACTA_PLUGIN_MENDED, "--yes"});
        ended_by_it +=
            interrupt(given, random() % 2 == 0 ? SIGINT : SIGTERM, std::chrono::microseconds(random() % 30'000), output::nowhere);

        const bool letter_there = run({"dead-letters", "list", small, "--json"}).lines().size() == 1;
        const words after = rows_of(parked, "SELECT shop, sales FROM taking ORDER BY shop");
        if (letter_there) CHECK(after == before);
        else CHECK((after == before) == (action == "discard"));
        done += letter_there ? 0 : 1;
        CHECK(run({"dead-letters", "retry", small, "--plugin", ACTA_PLUGIN_MENDED, "--yes"}).code == (letter_there ? 0 : 3));
    } while (run_for.next());
    MESSAGE(run_for.rounds_done() << " commands, " << ended_by_it << " ended by the signal, " << done << " letters were done with");
    CHECK(ended_by_it > 0);
}

TEST_CASE_FIXTURE(stored, "a limit of file sizes is a sentence and exit code 1, not the end by a signal") {
    const ended limited = run_shell("ulimit -f 40; $acta replay '" + store + "' --plugin " ACTA_PLUGIN_TAKINGS " --into '" + model + "'");
    CAPTURE(limited.err);
    CHECK(limited.code == 1);
    CHECK(limited.err.find("File too large") != std::string::npos);
    check_model(model);
    CHECK(run({"replay", store, "--plugin", ACTA_PLUGIN_TAKINGS, "--into", model}).code == 0);
    check_model(model);
}
