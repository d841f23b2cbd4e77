#include "replay/model_lock.hpp"
#include "support_files.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <atomic>
#include <thread>

using acta::detail::model_lock;
using namespace std::chrono_literals;

namespace {

const acta::timestamp noon{std::chrono::microseconds(43'200'000'000)};

}  // namespace

TEST_CASE("there is one owner at a time, who says who he is, and takes the file away at the end") {
    const scratch dir;
    CHECK_FALSE(acta::detail::holder_of(dir / "m.db"));
    {
        model_lock first(dir / "m.db"), second(dir / "m.db");
        CHECK(first.own(noon));
        CHECK(first.own(noon));
        CHECK_FALSE(second.own(noon));
        const auto holder = acta::detail::holder_of(dir / "m.db");
        REQUIRE(holder);
        CHECK(holder->process == ::getpid());
        CHECK(holder->since == noon);
        first = model_lock();
        CHECK(second.own(noon));
    }
    CHECK(dir.files().empty());
    CHECK_FALSE(acta::detail::holder_of(dir / "m.db"));
}

TEST_CASE("a lock file with nothing readable in it still tells that somebody holds it") {
    const scratch dir;
    model_lock owner(dir / "m.db");
    REQUIRE(owner.own(noon));
    std::filesystem::resize_file(dir / "m.db.lock", 0);
    REQUIRE(acta::detail::holder_of(dir / "m.db"));
    CHECK(acta::detail::holder_of(dir / "m.db")->process == 0);
}

TEST_CASE("the gate lets one in at a time, owner or not") {
    const scratch dir;
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    int sum = 0;  // guarded by the gate alone
    const auto work = [&](bool owner) {
        model_lock lock(dir / "m.db");
        if (owner) lock.own(noon);
        for (int i = 0; i < 100; ++i) {
            lock.enter(10s);
            most = std::max(most.load(), ++inside);
            const int before = sum;
            std::this_thread::sleep_for(20us);
            sum = before + 1;
            --inside;
            lock.leave();
        }
    };
    { const std::jthread one(work, true), two(work, false), three(work, false); }
    CHECK(most == 1);
    CHECK(sum == 300);
}

TEST_CASE("who waits at the gate for too long hears that somebody is busy") {
    const scratch dir;
    model_lock one(dir / "m.db"), two(dir / "m.db");
    one.enter(1s);
    const said why = failure_of([&] { two.enter(10ms); });
    CHECK(why.code == acta::errc::busy);
    CHECK(why.has("m.db.lock"));
    one.leave();
    two.enter(1s);
    two.leave();
}

TEST_CASE("a lock file that was deleted guards nothing: who enters makes it anew") {
    const scratch dir;
    model_lock one(dir / "m.db");
    one.enter(1s);
    one.leave();
    std::filesystem::remove(dir / "m.db.lock");
    one.enter(1s);
    CHECK(std::filesystem::exists(dir / "m.db.lock"));
    one.leave();
}

TEST_CASE("a read model in memory needs no lock") {
    model_lock none;
    CHECK(none.own(noon));
    none.enter(0ms);
    none.leave();
}

TEST_CASE("a lock file that cannot be made is named") {
    const scratch dir;
    model_lock lock(dir / "no" / "m.db");
    const said why = failure_of([&] { lock.own(noon); });
    CHECK(why.code == acta::errc::io);
    CHECK(why.has("m.db.lock"));
}
