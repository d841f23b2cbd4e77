// A process opens a store once, and one that is forked from it not at all.
#include <acta/store/sqlite.hpp>

#include "support/child.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>
#include <functional>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

TEST_CASE("a store that is open in this process already is refused: a second handle would drop the locks of the first") {
    const folder here;
    {
        sqlite_log first(here / "bank.acta");
        REQUIRE(first.append(account("ada"), none, deposits(1)));
        for (const bool read_only : {true, false}) {
            const failure why = thrown_by([&] { sqlite_log(here / "bank.acta", {.read_only = read_only}); });
            CHECK(why.code() == errc::misuse);
            CHECK(says(why, "bank.acta"));
        }
        sqlite_log other(here / "other.acta");
        REQUIRE(first.append(account("ada"), any, deposits(1)));
    }
    CHECK(read_all(sqlite_log(here / "bank.acta")).size() == 2);
    CHECK(thrown_by([&] { sqlite_log(here / "bank.acta", {.max_event_size = 1U << 30}); }).code() == errc::misuse);
    CHECK(read_all(sqlite_log(here / "bank.acta")).size() == 2);  // one that failed to open is forgotten
}

TEST_CASE("a log that was open before a fork refuses to be used in the child, and the parent goes on") {
    const folder here;
    auto to = std::make_unique<sqlite_log>(here / "bank.acta");
    REQUIRE(to->append(account("ada"), none, deposits(2)));
    child forked([&](const child::voice& parent) {
        const auto code = [](auto&& call) { return std::string(to_string(thrown_by(call).code())) + " "; };
        page out;
        parent.tell(code([&] { (void)to->append(account("ada"), any, deposits(1)); }) + code([&] { to->read_page(nullptr, {}, out); }) +
                    code([&] { (void)to->head(); }) + code([&] { (void)to->find_stream(account("ada")); }) +
                    code([&] { (void)to->types(); }) + code([&] { (void)to->streams(0, 1); }) + code([&] { (void)to->checksum_at(1); }) +
                    code([&] { (void)to->read(); }));
        parent.tell(thrown_by([&] { (void)to->head(); }).what());
        parent.tell(thrown_by([&] { sqlite_log again(here / "bank.acta"); }).what());
        to.reset();  // must touch nothing
        return 0;
    });
    CHECK(forked.hear() == "misuse misuse misuse misuse misuse misuse misuse misuse ");
    CHECK(says(forked.hear().value_or(""), "bank.acta"));
    CHECK(says(forked.hear().value_or(""), "bank.acta"));
    CHECK(forked.wait() == 0);
    CHECK(says(here.listing(), "bank.acta-wal"));
    REQUIRE(to->append(account("ada"), exactly(2), deposits(1)));
    check_gapless(*to, 3);
    to.reset();
    check_gapless(sqlite_log(here / "bank.acta"), 3);
}

TEST_CASE("a forked child that drops its copy of the log does not let others through the parent's turnstile") {
    const folder here;
    struct slow_clock final : clock {  // is asked inside the turnstile
        std::function<void()> before = [] {};
        timestamp now() const override {
            before();
            return clock::system().now();
        }
    } slow;
    auto to = std::make_unique<sqlite_log>(here / "bank.acta", options{.clock = &slow});
    REQUIRE(to->append(account("ada"), none, deposits(1)));
    slow.before = [&] {
        child forked([&](const child::voice&) {
            to.reset();
            return 0;
        });
        CHECK(forked.wait() == 0);
        child rival([&](const child::voice&) { return ::execl("/bin/sh", "sh", "-c", "exit 0", static_cast<char*>(nullptr)); });
        CHECK(rival.wait() == 0);
        child locked([&](const child::voice& parent) {
            const int fd = ::open((here / "bank.acta.lock").c_str(), O_RDWR);
            struct flock whole {};
            whole.l_type = F_WRLCK;
            parent.tell(::fcntl(fd, F_OFD_SETLK, &whole) == 0 ? "free" : "held");
            return 0;
        });
        CHECK(locked.hear() == "held");
    };
    REQUIRE(to->append(account("ada"), any, deposits(1)));
    slow.before = [] {};
}

TEST_CASE("processes that are forked from one that has appended never write the same nonce, nor make stores of the same identity") {
    const folder here;
    {
        sqlite_log first(here / "first.acta");
        REQUIRE(first.append(account("ada"), none, deposits(1)));
    }
    const auto work = [&](const std::string& name) {
        return [&here, name](const child::voice& parent) {
            std::string uuid;
            {
                sqlite_log to(here / name);
                for (int i = 0; i < 3; ++i) REQUIRE(to.append(account("ada"), any, deposits(1)));
                uuid = uuid_text(to.uuid());
            }
            parent.tell(uuid);
            parent.tell(shell(here / name).ask("SELECT group_concat(hex(substr(data, 2, 8)), ' ') FROM entry"));
            return 0;
        };
    };
    child one(work("one.acta")), two(work("two.acta"));
    for (int line = 0; line < 2; ++line) {
        const auto of_one = one.hear(), of_two = two.hear();
        REQUIRE(of_one);
        CHECK_FALSE(of_one->empty());
        CHECK(of_one != of_two);
    }
}
