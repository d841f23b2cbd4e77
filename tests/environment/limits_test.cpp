// A process without descriptors, without leave to write large files, or without memory: a sentence, nothing acknowledged is lost, and it goes on
// when there is room again.
#include <acta/store/sqlite.hpp>
#include <acta/replay/follower.hpp>

#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support/reading.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

void limit(int what, rlim_t to) {
    rlimit both{};
    REQUIRE(::getrlimit(static_cast<__rlimit_resource>(what), &both) == 0);
    both.rlim_cur = std::min(to, both.rlim_max);
    REQUIRE(::setrlimit(static_cast<__rlimit_resource>(what), &both) == 0);
}

/// `more` files may be opened, and no further one.
void allow_files(int more) {
    std::vector<int> taken;
    for (int i = 0; i <= more; ++i) taken.push_back(::open("/dev/null", O_RDONLY));
    for (const int fd : taken) ::close(fd);
    limit(RLIMIT_NOFILE, static_cast<rlim_t>(taken.back()));
}
void allow_all_files() { limit(RLIMIT_NOFILE, 4'096); }

bool names_files(const failure& why) {
    return why.code() == errc::io && says(why, "bank.acta") && says(why, "Too many open files") && says(why, "ulimit -n");
}

/// Runs in a process of its own, whose limits go with it; an answer other than 0 is the number of a line.
int alone(const std::function<int()>& work) {
    child process([&](const child::voice&) { return work(); });
    return process.wait();
}

void not_run(const char* why) { MESSAGE("not run: a sanitizer " << std::string(why)); }

bank::deposited cents(std::int64_t count) { return bank::deposited{count}; }

}  // namespace

TEST_CASE("a store that is opened with too few descriptors left is opened or refused with a sentence, and leaves nothing behind") {
    if (sanitized) return not_run("needs descriptors of its own");
    const folder here;
    sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(3)).value();
    const std::string names = here.listing();
    int refused = 0, opened = 0;
    for (const bool fresh : {false, true})
        for (int files = 0; files < 14; ++files) {
            CAPTURE(fresh);
            CAPTURE(files);
            const int ended = alone([&] {
                const auto file = here / (fresh ? "new_bank.acta" : "bank.acta");
                allow_files(files);
                const failure why = thrown_by([&] {
                    sqlite_log log(file);
                    log.append(account("ada"), any, deposits(1)).value();
                });
                allow_all_files();
                const bool good = says(why, "nothing was thrown");
                if (!good && !names_files(why)) return std::fprintf(stderr, "%s\n", why.what()), 1;
                sqlite_log(file).append(account("ada"), any, deposits(1)).value();
                return good ? 2 : 3;
            });
            CHECK(ended > 1);
            ++(ended == 2 ? opened : refused);
            for (const char* const end : {"", ".lock", ".notify"}) std::filesystem::remove(here / (std::string("new_bank.acta") + end));
            CHECK(here.listing() == names);
        }
    CHECK(refused > 0);
    CHECK(opened > 0);
    MESSAGE(opened << " times opened, " << refused << " times refused");
    sqlite_log log(here / "bank.acta");
    check_gapless(log, log.head());
    CHECK(log.verify().sound());
}

TEST_CASE("without a descriptor left an open store appends and reads on; a second reading is refused with a sentence, and works later") {
    if (sanitized) return not_run("needs descriptors of its own");
    const folder here;
    CHECK(alone([&] {
              sqlite_log log(here / "bank.acta");
              log.append(account("ada"), none, deposits(5)).value();
              allow_files(0);
              for (int i = 0; i < 3'000; ++i) log.append(account("ada"), any, deposits(1)).value();  // through checkpoints
              if (read_all(log).size() != 3'005) return 1;
              failure why = thrown_by([] {});
              const auto second = [&] { (void)log.verify([&](position, position) { why = thrown_by([&] { (void)log.head(); }); }); };
              second();
              if (!names_files(why)) return std::fprintf(stderr, "%s\n", why.what()), 2;
              allow_all_files();
              second();
              if (!says(why, "nothing was thrown")) return 3;
              return 0;
          }) == 0);
    check_gapless(sqlite_log(here / "bank.acta"), 3'005);
}

TEST_CASE("a projection that cannot open its read model for want of descriptors says so, and goes on when there are some") {
    if (sanitized) return not_run("needs descriptors of its own");
    const folder here;
    CHECK(alone([&] {
              sqlite_log log(here / "bank.acta");
              for (int i = 1; i <= 10; ++i) log.append({"account", "ada"}, any, {cents(i)}).value();
              follower follows(log, here / "bank.acta.balances.db", {&abi_of<bank::balances>()}, {.run = {.back_off = 1ms}});
              for (int files = 0; files < 6; ++files) {
                  allow_files(files);
                  const auto next = follows.step();
                  allow_all_files();
                  if (follows.position() == log.head()) return files > 0 ? 0 : 1;
                  const std::string why = follows.status().last_error.value_or("");
                  if (!says(why, "balances.db") || !says(why, "Too many open files")) return std::fprintf(stderr, "%s\n", why.c_str()), 2;
                  std::this_thread::sleep_until(next.at);
              }
              follows.step();
              return follows.position() == log.head() ? 0 : 3;
          }) == 0);
    CHECK(reading<bank::balances>(here / "bank.acta.balances.db")->rows.find("ada")->cents == 55);
}

TEST_CASE("files may not grow: appends are refused with a sentence, what is stored is read, and they go on when files may grow again") {
    const folder here;
    CHECK(alone([&] {
              std::signal(SIGXFSZ, SIG_IGN);
              sqlite_log log(here / "bank.acta");
              limit(RLIMIT_FSIZE, 200'000);
              position stored = 0;
              failure why = thrown_by([&] {
                  for (;;) stored = log.append(account("ada"), any, {attached{std::vector<std::byte>(5'000)}}).value().last_position;
              });
              if (why.code() != errc::disk_full || !says(why, "bank.acta") || !says(why, "File too large") || !says(why, "ulimit -f"))
                  return std::fprintf(stderr, "%s\n", why.what()), 1;
              why = thrown_by([&] { (void)log.append(account("ada"), any, {attached{std::vector<std::byte>(300'000)}}); });
              if (why.code() != errc::disk_full) return std::fprintf(stderr, "%s\n", why.what()), 2;
              check_gapless(log, stored);
              limit(RLIMIT_FSIZE, RLIM_INFINITY);
              for (int i = 0; i < 10; ++i) log.append(account("ada"), any, deposits(1)).value();
              check_gapless(log, stored + 10);
              return log.verify().sound() ? 0 : 3;
          }) == 0);
    sqlite_log log(here / "bank.acta");
    check_gapless(log, log.head());
    CHECK(log.verify().sound());
}

TEST_CASE("a program that does not ignore SIGXFSZ is ended by it, as by a kill: what was acknowledged is there") {
    const folder here;
    child limited([&](const child::voice& parent) -> int {
        std::signal(SIGXFSZ, SIG_DFL);
        sqlite_log log(here / "bank.acta");
        limit(RLIMIT_FSIZE, 200'000);
        for (;;)
            parent.tell(std::to_string(log.append(account("ada"), any, {attached{std::vector<std::byte>(5'000)}}).value().last_position));
    });
    position acknowledged = 0;
    while (const auto line = limited.hear()) acknowledged = std::stoll(*line);
    CHECK(limited.wait() == 128 + SIGXFSZ);
    CHECK(acknowledged > 0);
    sqlite_log log(here / "bank.acta");
    CHECK(log.head() >= acknowledged);
    check_gapless(log, log.head());
    CHECK(log.verify().sound());
}

TEST_CASE("a program that runs out of memory loses no append that was acknowledged, and goes on when it has some") {
    if (sanitized) return not_run("takes more memory than the limit");
    const folder here;
    child small([&](const child::voice& parent) {
        sqlite_log log(here / "bank.acta", {.max_event_size = 64U << 20});
        log.append(account("ada"), none, deposits(1)).value();
        rlimit now{};
        ::getrlimit(RLIMIT_AS, &now);
        std::ifstream sizes("/proc/self/statm");
        rlim_t pages = 0;
        sizes >> pages;
        limit(RLIMIT_AS, pages * 4'096 + (48U << 20));
        int without = 0;
        position stored = 1;
        for (int i = 0; i < 60; ++i) {
            try {
                const std::size_t size = std::size_t{1} << (14 + i % 12);
                stored = log.append(account("ada"), any, {attached{std::vector<std::byte>(size)}}).value().last_position;
                parent.tell(std::to_string(stored));
            } catch (const std::bad_alloc&) { ++without; } catch (const failure& why) {
                ++without;
                std::fprintf(stderr, "%s\n", why.what());
            }
        }
        limit(RLIMIT_AS, RLIM_INFINITY);
        parent.tell(std::to_string(log.append(account("ada"), any, deposits(1)).value().last_position));
        check_gapless(log, log.head());
        return without > 0 ? 0 : 1;
    });
    position acknowledged = 0;
    while (const auto line = small.hear()) acknowledged = std::stoll(*line);
    CHECK(small.wait() == 0);
    sqlite_log log(here / "bank.acta");
    check_gapless(log, acknowledged);
    CHECK(log.verify().sound());
}

TEST_CASE("a program that was started without its standard streams has none of acta's files in their place") {
    const folder here;
    child bare([&](const child::voice& parent) {
        const auto close_streams = [] {
            for (int fd = 0; fd <= 2; ++fd) ::close(fd);
        };
        close_streams();
        sqlite_log log(here / "bank.acta");
        close_streams();  // SQLite has put /dev/null there
        log.append({"account", "ada"}, none, {cents(1)}).value();
        close_streams();
        runner_of<bank::balances> run(log, here / "model.db");
        run.catch_up();
        for (int fd = 0; fd <= 2; ++fd) {
            std::error_code free;
            const auto file = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), free);
            if (!free && file != "/dev/null") return std::fprintf(stderr, "%s\n", file.c_str()), 10 + fd;
        }
        for (int i = 0; i < 100; ++i) {
            for (int fd = 0; fd <= 2; ++fd) (void)!::write(fd, "a printed line\n", 15);
            log.append({"account", "ada"}, any, {cents(1)}).value();
            run.catch_up();
        }
        parent.tell(std::to_string(log.head()));
        return 0;
    });
    CHECK(bare.hear() == "101");
    CHECK(bare.wait() == 0);
    for (const auto& one : std::filesystem::directory_iterator(here.path()))
        CHECK_MESSAGE(!says(bytes_of_file(one.path()), "a printed line"), one.path().string());
    CHECK(sqlite_log(here / "bank.acta").verify().sound());
    CHECK(reading<bank::balances>(here / "model.db")->rows.find("ada")->cents == 101);
}
