// The pool of threads: lanes side by side, one that hangs beside others, rings, and the end.
#include "runtime/lane_pool.hpp"
#include "support_threads.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

using acta::detail::lane;
using namespace std::chrono_literals;

namespace {

struct working final : lane {
    explicit working(std::function<time()> piece) : piece_(std::move(piece)) {}
    time step() noexcept override {
        CHECK_FALSE(inside_.exchange(true));  // never two pieces at once
        ++pieces;
        const time next = piece_();
        inside_ = false;
        return next;
    }
    void overran(std::chrono::milliseconds) noexcept override { ++overruns; }
    std::atomic<int> pieces{0}, overruns{0};

private:
    std::function<time()> piece_;
    std::atomic<bool> inside_{false};
};

lane::time soon() { return std::chrono::steady_clock::now() + 10s; }
bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 5'000; ++i) {
        if (holds()) return true;
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

}  // namespace

TEST_CASE("a lane works when it is due, when it is rung for, and not otherwise") {
    const acta::workers threads({.threads = 2});
    auto resting = std::make_shared<working>([] { return lane::never; });
    auto ticking = std::make_shared<working>([] { return std::chrono::steady_clock::now() + 1ms; });
    threads.pool().add(resting);
    threads.pool().add(ticking);
    CHECK(eventually([&] { return ticking->pieces > 20; }));
    CHECK(resting->pieces == 1);
    threads.pool().ring(*resting);
    CHECK(eventually([&] { return resting->pieces == 2; }));
    CHECK(threads.pool().remove(*ticking, soon()));
    const int then = ticking->pieces;
    std::this_thread::sleep_for(20ms);
    CHECK(ticking->pieces == then);
    CHECK(threads.pool().remove(*ticking, soon()));  // it is gone already
}

TEST_CASE("a lane that is due keeps its place in the line, however often it is rung for") {
    const acta::workers threads({.threads = 1, .patience = 10s});
    std::atomic<bool> go_on{false};
    auto first = std::make_shared<working>([&] {
        while (!go_on) std::this_thread::sleep_for(1ms);
        return lane::never;
    });
    std::string order;  // of one thread
    auto second = std::make_shared<working>([&] { return order += 'b', lane::never; });
    auto third = std::make_shared<working>([&] { return order += 'c', lane::never; });
    threads.pool().add(first);
    CHECK(eventually([&] { return first->pieces == 1; }));
    threads.pool().add(second);
    threads.pool().add(third);
    std::this_thread::sleep_for(1ms);
    threads.pool().ring(*second);
    go_on = true;
    CHECK(eventually([&] { return second->pieces == 1 && third->pieces == 1; }));
    for (const auto& each : {first, second, third}) CHECK(threads.pool().remove(*each, soon()));
    CHECK(order == "bc");
}

TEST_CASE("a pool that got no thread from the system asks again") {
    const acta::workers threads({.threads = 1, .patience = 5ms});
    std::atomic<bool> go_on{false};
    auto hanging = std::make_shared<working>([&] {
        while (!go_on) std::this_thread::sleep_for(1ms);
        return lane::never;
    });
    auto other = std::make_shared<working>([] { return lane::never; });
    {
        const bank::no_more_threads starved;
        threads.pool().add(hanging);
        CHECK(eventually([&] { return hanging->pieces == 1; }));
        threads.pool().add(other);
        std::this_thread::sleep_for(50ms);
        CHECK(threads.threads() == 1);
        CHECK(other->pieces == 0);
    }
    CHECK(eventually([&] { return other->pieces == 1; }));
    go_on = true;
    for (const auto& each : {hanging, other}) CHECK(threads.pool().remove(*each, soon()));
}

TEST_CASE("a ring that comes during a piece of work leads to one more") {
    const acta::workers threads({.threads = 2});
    std::atomic<bool> go_on{false};
    auto slow = std::make_shared<working>([&] {
        while (!go_on) std::this_thread::sleep_for(1ms);
        return lane::never;
    });
    threads.pool().add(slow);
    CHECK(eventually([&] { return slow->pieces == 1; }));
    for (int i = 0; i < 100; ++i) threads.pool().ring(*slow);
    go_on = true;
    CHECK(eventually([&] { return slow->pieces == 2; }));
    std::this_thread::sleep_for(20ms);
    CHECK(slow->pieces == 2);
    CHECK(threads.pool().remove(*slow, soon()));
}

TEST_CASE("lanes that hang are replaced: the others go on, and the threads are given back") {
    const acta::workers threads({.threads = 2, .patience = 20ms});
    std::atomic<bool> go_on{false};
    const auto hang = [&] {
        while (!go_on) std::this_thread::sleep_for(1ms);
        return lane::never;
    };
    std::vector<std::shared_ptr<working>> hanging;
    for (int i = 0; i < 3; ++i) threads.pool().add(hanging.emplace_back(std::make_shared<working>(hang)));
    auto other = std::make_shared<working>([] { return std::chrono::steady_clock::now() + 1ms; });
    threads.pool().add(other);
    CHECK(eventually([&] { return other->pieces > 50 && hanging[2]->pieces == 1; }));
    CHECK(threads.threads() >= 4);
    CHECK_FALSE(threads.pool().remove(*hanging[0], std::chrono::steady_clock::now() + 10ms));
    go_on = true;
    CHECK(threads.pool().remove(*hanging[0], soon()));
    CHECK(eventually([&] { return threads.threads() == 2; }));
    CHECK(threads.pool().remove(*other, soon()));
    for (const auto& each : hanging) CHECK(threads.pool().remove(*each, soon()));
}

TEST_CASE("a piece of work that takes very long is told once") {
    const acta::workers threads({.threads = 1, .patience = 5ms, .report_after = 20ms});
    std::atomic<bool> go_on{false};
    auto slow = std::make_shared<working>([&] {
        while (!go_on) std::this_thread::sleep_for(1ms);
        return lane::never;
    });
    threads.pool().add(slow);
    CHECK(eventually([&] { return slow->overruns == 1; }));
    std::this_thread::sleep_for(50ms);
    CHECK(slow->overruns == 1);
    go_on = true;
    CHECK(threads.pool().remove(*slow, soon()));
}

TEST_CASE("a hundred lanes on two threads all get their turn") {
    const acta::workers threads({.threads = 2});
    const acta::workers shared = threads;
    std::vector<std::shared_ptr<working>> lanes;
    for (int i = 0; i < 100; ++i)
        shared.pool().add(lanes.emplace_back(std::make_shared<working>([] { return std::chrono::steady_clock::now() + 1ms; })));
    CHECK(eventually([&] { return std::all_of(lanes.begin(), lanes.end(), [](const auto& each) { return each->pieces > 10; }); }));
    for (const auto& each : lanes) CHECK(shared.pool().remove(*each, soon()));
}

TEST_CASE("the end does not wait for a lane that hangs, which keeps what it needs") {
    auto go_on = std::make_shared<std::atomic<bool>>(false);
    auto ended = std::make_shared<std::atomic<bool>>(false);
    {
        const acta::workers threads({.threads = 1});
        auto hanging = std::make_shared<working>([=] {
            while (!*go_on) std::this_thread::sleep_for(1ms);
            *ended = true;
            return lane::never;
        });
        threads.pool().add(hanging);
        CHECK(eventually([&] { return hanging->pieces == 1; }));
        CHECK_FALSE(threads.pool().remove(*hanging, std::chrono::steady_clock::now()));
    }
    CHECK_FALSE(*ended);
    *go_on = true;
    CHECK(eventually([&] { return ended->load(); }));
}
