// The contract of many at once: writers that race, readers and followers beside them.
#include "contract_events.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace acta::testing::detail {

namespace {

constexpr int writers = 4, rounds = 50;

/// Runs `work(number)` on so many threads; what one throws fails the case.
void on_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    std::vector<std::string> problems(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            try {
                work(i);
            } catch (const std::exception& why) { problems[static_cast<std::size_t>(i)] = why.what(); }
        });
    for (std::thread& one : threads) one.join();
    for (const std::string& problem : problems) CHECK(problem == "");
}

void expect(bool held, const char* what) {
    if (!held) throw std::runtime_error(what);
}

}  // namespace

void check_concurrency(log& on) {
    const stream_name shared("contract", "shared");
    SUBCASE("writers that race for one version: exactly one wins each") {
        std::atomic<int> won{0}, lost{0};
        on_threads(writers, [&](int number) {
            for (version at = 0; at < rounds;) {
                const auto answer = on.append(shared, exactly(at), {counted{number}});
                answer ? ++won : ++lost;
                at = answer ? answer->version() : answer.error().conflict.actual;
            }
        });
        CHECK(on.find_stream(shared)->version == on.head());
        CHECK(on.head() == won);
        CHECK(positions_of(on.read(shared)) == first_positions(won));
    }
    SUBCASE("writers that race for a name by a condition: exactly one gets each") {
        std::atomic<int> won{0};
        on_threads(writers, [&](int number) {
            for (int i = 0; i < rounds; ++i) {
                const std::string name = std::to_string(i);
                if (on.append(stream_name("contract", std::to_string(number)), fail_if({{matching(tag("name", name))}}, 0),
                              {counted{i} | tagged("name", name)}))
                    ++won;
            }
        });
        CHECK(won == rounds);
        std::set<std::int64_t> names;
        for (const stored_event& event : on.read()) names.insert(number_in(event));
        CHECK(names.size() == rounds);
    }
    SUBCASE("the same ids from several writers are stored once") {
        on_threads(writers, [&](int) {
            for (int i = 0; i < rounds; ++i) {
                append_request one;
                one.id = command_id("id-" + std::to_string(i));
                one.command = "count";
                one.writes.push_back({shared, any, {counted{i}}});
                (void)on.append(one).value();
            }
        });
        CHECK(on.head() == rounds);
    }
    SUBCASE("readers beside writers see every position once, in order, and whole appends alone") {
        std::atomic<bool> over{false};
        const auto seed = std::random_device{}();
        INFO("seed " << seed);
        std::thread writing([&] {
            std::mt19937 random(seed);
            for (int i = 0; i < 4 * rounds; ++i) {
                append_request pair;  // of two streams, each with as many events
                const std::size_t count = 1 + random() % 3;
                for (const char* const id : {"left", "right"})
                    pair.writes.push_back({stream_name("contract", id), any, std::vector<new_event>(count, counted{i})});
                (void)on.append(pair).value();
            }
            over = true;
        });
        on_threads(2, [&](int) {
            while (!over) {
                position next = 0;
                std::map<std::int64_t, std::map<std::string, int>> appends;
                for (const stored_event& event : on.read()) {
                    expect(event.position == ++next, "a gap, or another order");
                    ++appends[number_in(event)][std::string(event.stream)];
                }
                for (const auto& [number, streams] : appends)
                    expect(streams.size() == 2 && streams.begin()->second == streams.rbegin()->second, "half an append was seen");
            }
        });
        writing.join();
    }
    SUBCASE("a follower that waits from where it ended misses nothing") {
        std::thread writing([&] {
            for (int i = 1; i <= 4 * rounds; ++i) (void)on.append(shared, any, {counted{i}}).value();
        });
        std::int64_t next = 0;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        for (position seen = 0; seen < 4 * rounds && std::chrono::steady_clock::now() < deadline;) {
            seen = on.wait(seen, deadline);
            for (const stored_event& event : on.read({.after = next, .until = seen})) CHECK(number_in(event) == ++next);
        }
        writing.join();
        CHECK(next == 4 * rounds);
    }
}

}  // namespace acta::testing::detail
