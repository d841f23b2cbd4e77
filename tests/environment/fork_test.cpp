// A program forks while it has a store open: the child is told so and touches nothing, however it ends, and the parent goes on unharmed.
#include <acta/runtime/application.hpp>

#include "support/child.hpp"
#include "support/reading.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

bool in_child = false;

/// Forks a child that does its work and then ends as a program does that returns from main: destructors of static objects run. Answers its exit
/// code, 128 + signal, or -1 when it hangs for ten seconds.
int fork_and_exit(const std::function<int()>& work) {
    std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        in_child = true;
        std::exit(work());  // NOLINT(concurrency-mt-unsafe)
    }
    int status = 0;
    for (const auto end = std::chrono::steady_clock::now() + 10s; ::waitpid(pid, &status, WNOHANG) == 0; std::this_thread::sleep_for(1ms)) {
        if (std::chrono::steady_clock::now() < end) continue;
        ::kill(pid, SIGKILL), ::waitpid(pid, &status, 0);
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Held as a program holds its store: in a static object, which goes when the process does.
template <class T>
std::unique_ptr<T>& the() {
    static std::unique_ptr<T> one;
    return one;
}

bool is_misuse(const std::function<void()>& call) {
    const failure why = thrown_by(call);
    return why.code() == errc::misuse && says(why, "fork");
}

}  // namespace

/// What such a child leaves behind it leaves on purpose: objects of its parent, whose destructors touch nothing there.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return in_child ? 1 : 0; }

TEST_CASE(
    "children that are forked in the middle of many appends are refused, whether they end by exit or _exit, and the parent loses nothing") {
    const folder here;
    auto& log = the<sqlite_log>();
    log = std::make_unique<sqlite_log>(here / "bank.acta", options{.checkpoint_pages = 20});
    // What is made once in a process is made before it forks: a child would wait for a thread that was in the middle of that.
    log->append(account("first"), none, deposits(1)).value();
    std::atomic<std::int64_t> stored{1};
    {
        std::vector<std::jthread> writers;
        for (int i = 0; i < 3; ++i)
            writers.emplace_back([&, i](const std::stop_token& enough) {
                for (int k = 0; !enough.stop_requested(); ++k) {
                    auto later = log->append_async(request(account("later" + std::to_string(i)), exactly(k), deposits(1)));
                    log->append(account(std::to_string(i)), exactly(k), deposits(1)).value();
                    (void)later.get().value();
                    stored += 2;
                }
            });
        for (int i = 0; i < 20; ++i) {
            CHECK(fork_and_exit([&] {
                      const bool refused = is_misuse([&] { (void)log->append(account("x"), any, deposits(1)); }) &&
                                           is_misuse([&] { (void)log->append_async(request(account("x"), any, deposits(1))); }) &&
                                           is_misuse([&] { (void)log->wait(0, {}); }) && is_misuse([&] { (void)log->head(); }) &&
                                           is_misuse([&] { sqlite_log(here / "bank.acta"); });
                      if (i % 2 == 0) ::_exit(refused ? 0 : 1);
                      return refused ? 0 : 1;
                  }) == 0);
            std::this_thread::sleep_for(2ms);
        }
    }
    CHECK(stored > 1);
    check_gapless(*log, stored);
    log.reset();
    sqlite_log again(here / "bank.acta");
    check_gapless(again, stored);
    CHECK(again.verify().sound());
}

TEST_CASE("a child of a running application is refused and ends at once, by exit too, and the application goes on") {
    const folder here;
    auto& app = the<application>();
    static std::unique_ptr<workers> pool;  // a static object as well
    pool = std::make_unique<workers>();
    app = std::make_unique<application>(here / "bank.acta", application_options{.pool = *pool});
    app->handle<bank::account_commands>().project<bank::balances>().start();
    REQUIRE(app->send(bank::open_account{"ada", "Ada"}));
    for (int i = 1; i <= 10; ++i) {
        const auto done = app->send(bank::deposit{"ada", 1});
        const auto begin = std::chrono::steady_clock::now();
        CHECK(fork_and_exit([&] {
                  const bool refused = is_misuse([&] {
                                           (void)app->send(bank::deposit{"ada", 1});
                                       }) &&
                                       is_misuse([&] { (void)app->wait_for<bank::balances>(done); }) &&
                                       is_misuse([&] { (void)app->status(); }) && is_misuse([&] { (void)app->stop(); });
                  if (i % 3 == 0) ::_exit(refused ? 0 : 1);
                  return refused ? 0 : 1;
              }) == 0);
        CHECK(std::chrono::steady_clock::now() - begin < 5s);
        CHECK(app->read<bank::balances>(done)->rows.find("ada")->cents == i);
    }
    app.reset();
    pool.reset();
    check_gapless(sqlite_log(here / "bank.acta"), 11);
}

TEST_CASE("a child that ends does not take a runner's read model away from its parent") {
    const folder here;
    child rival([&](const child::voice& parent) {
        for (int i = 0; i < 30'000 && !std::filesystem::exists(here / "go"); ++i) std::this_thread::sleep_for(1ms);
        const sqlite_log log(here / "other.acta");
        parent.tell(to_string(thrown_by([&] { runner_of<bank::balances>(log, here / "model.db"); }).code()));
        return 0;
    });
    sqlite_log log(here / "bank.acta");
    auto& run = the<runner_of<bank::balances>>();
    run = std::make_unique<runner_of<bank::balances>>(log, here / "model.db");
    (void)run->catch_up();
    CHECK(fork_and_exit([&] {
              return is_misuse([&] { (void)run->catch_up(); }) && is_misuse([&] { (void)reading<bank::balances>(here / "model.db"); }) ? 0
                                                                                                                                       : 1;
          }) == 0);
    CHECK(std::filesystem::exists(here / "model.db.lock"));
    write_file(here / "go", "");
    CHECK(rival.hear() == "busy");
    CHECK(rival.wait() == 0);
    log.append({"account", "ada"}, none, {bank::deposited{7}}).value();
    CHECK(run->catch_up().position == 1);
    CHECK(run->read()->rows.find("ada")->cents == 7);
    run.reset();
}

extern "C" int __lsan_do_recoverable_leak_check() __attribute__((weak));

TEST_CASE("what a child of a test leaks is its failure, where a leak sanitizer is there to see it") {
    child leaking([](const child::voice&) {
        for (int i = 0; i < 100; ++i) static_cast<void>(std::make_unique<std::array<int, 100>>().release());
        return 0;
    });
    CHECK(leaking.wait() == (__lsan_do_recoverable_leak_check != nullptr ? 102 : 0));
}
