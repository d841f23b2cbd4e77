#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "bank.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace bank;

TEST_CASE("commands that are sent from many threads to one stream lose nothing") {
    constexpr int threads = 4;
    constexpr int each = 100;
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log, {.retries = 10'000});
    dispatch.handle<account_commands>();
    REQUIRE(dispatch.send(open_account{"ada", "Ada"}));

    std::atomic<int> accepted = 0;
    std::vector<std::thread> senders;
    for (int t = 0; t < threads; ++t)
        senders.emplace_back([&] {
            for (int i = 0; i < each; ++i)
                if (dispatch.send(deposit{"ada", 1})) ++accepted;
        });
    senders.emplace_back([&] {
        const std::vector<deposit> all(each, deposit{"ada", 1});
        for (const acta::outcome& done : dispatch.send_all(all, {.chunk = 10})) accepted += done ? 1 : 0;
    });
    std::int64_t before = 0;
    for (int i = 0; i < each; ++i) {
        const std::int64_t now = dispatch.load<account>("ada")->state.balance;
        CHECK(now >= before);
        before = now;
    }
    for (std::thread& sender : senders) sender.join();

    CHECK(accepted == (threads + 1) * each);
    CHECK(dispatch.load<account>("ada")->state.balance == (threads + 1) * each);
}

TEST_CASE("of many threads that open the same account one succeeds") {
    acta::sqlite_log log(":memory:");
    acta::dispatcher dispatch(log);
    dispatch.handle<account_commands>();
    std::atomic<int> accepted = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> senders;
    for (int t = 0; t < 8; ++t)
        senders.emplace_back([&] {
            const auto done = dispatch.send(open_account{"ada", "Ada"});
            if (done) ++accepted;
            if (done.refusal() == acta::already_exists) ++refused;
        });
    for (std::thread& sender : senders) sender.join();
    CHECK(accepted == 1);
    CHECK(refused == 7);
}
