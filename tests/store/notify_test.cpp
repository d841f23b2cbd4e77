// The shared page: who waits is woken by whoever rings, in this process and in another.
#include "store/notify.hpp"
#include "support/child.hpp"
#include "support/temporary.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace acta::detail;
using namespace std::chrono_literals;
using tests::child, tests::folder;
using now = std::chrono::steady_clock;

TEST_CASE("a ring wakes who waits in this process") {
    notify_page page;
    CHECK_FALSE(page.shared());
    const auto seen = page.count();
    std::thread ringer([&] { page.ring(); });
    const auto start = now::now();
    while (page.count() == seen) page.wait(seen, start + 20s);
    ringer.join();
    CHECK(now::now() - start < 10s);
}

TEST_CASE("a ring that came before the wait is not slept through") {
    notify_page page;
    const auto seen = page.count();
    page.ring();
    const auto start = now::now();
    page.wait(seen, start + 20s);
    CHECK(now::now() - start < 10s);
}

TEST_CASE("a wait ends at its deadline, also one that is over or absurdly far") {
    notify_page page;
    const auto start = now::now();
    page.wait(page.count(), start + 30ms);
    CHECK(now::now() - start >= 30ms);
    page.wait(page.count(), now::time_point::min());
    std::thread ringer([&] {
        std::this_thread::sleep_for(20ms);
        page.ring();
    });
    const auto seen = page.count();
    while (page.count() == seen) page.wait(seen, now::time_point::max());
    ringer.join();
}

TEST_CASE("a ring is heard in another process") {
    const folder here;
    const auto file = here / "bank.acta.notify";
    child waiting([&](const child::voice& parent) {
        notify_page page(file, true);
        const auto seen = page.count();
        parent.tell("ready");
        const auto start = now::now();
        while (page.count() == seen && now::now() < start + 20s) page.wait(seen, start + 20s);
        return page.count() == seen ? 1 : 0;
    });
    REQUIRE(waiting.hear() == "ready");
    notify_page page(file, false);
    CHECK(page.shared());
    page.ring();
    CHECK(waiting.wait() == 0);
}

TEST_CASE("where there is no page to share the waiting is within the process") {
    const folder here;
    CHECK_FALSE(notify_page(here / "none.notify", false).shared());
    CHECK(here.listing() == "");
    CHECK_FALSE(notify_page(here / "no" / "such.notify", true).shared());
    std::filesystem::create_directory(here / "odd.notify");
    CHECK_FALSE(notify_page(here / "odd.notify", true).shared());
}

TEST_CASE("a page of another size or content serves as well") {
    const folder here;
    tests::write_file(here / "old.notify", "\xff\xff\xff\xff\xff");
    notify_page page(here / "old.notify", false);
    REQUIRE(page.shared());
    page.ring();
    CHECK(page.count() == 0);
    CHECK(std::filesystem::file_size(here / "old.notify") == 4'096);
}
