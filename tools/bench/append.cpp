// append.*: durable appends, alone, in batches, by many producers and pipelined, against the same by hand on one connection.
#include "bench.hpp"
#include "by_hand_log.hpp"

#include <functional>
#include <future>
#include <thread>

namespace bench {

namespace {

/// Both logs, in a folder of their own.
struct appenders {
    folder in;
    acta::sqlite_log ours{in / "ours.acta"};
    by_hand_log by_hand{in / "by_hand.db"};
    std::int64_t count = 0;

    /// The streams are there already, as in a log that has been in use for a while.
    appenders() {
        std::vector<acta::append_request> first;
        for (int i = 0; i < 1'000; ++i) first.push_back(next());
        for (const acta::append_result& each : ours.append_all(first)) (void)each.value();
        by_hand.append(1'000);
    }

    acta::append_request next() {
        acta::append_request one;
        one.writes.push_back({acta::stream_name("account", std::to_string(count % 1'000)), acta::exactly(count / 1'000), {example(count)}});
        ++count;
        return one;
    }
};

double rate_of(int appends, const std::function<void()>& work) { return appends / seconds(work); }

double by_threads(int threads, int each, const std::function<void(int)>& append) {
    return rate_of(threads * each, [&] {
        std::vector<std::thread> all;
        for (int t = 0; t < threads; ++t)
            all.emplace_back([&, t] {
                for (int i = 0; i < each; ++i) append(t);
            });
        for (std::thread& one : all) one.join();
    });
}

row producers_row(const char* name, int threads, double goal, bool quick) {
    const auto both = std::make_shared<appenders>();
    const int each = (quick ? 3'000 : 20'000) / threads, each_by_hand = (quick ? 600 : 3'000) / threads;
    const auto ours = [both, threads, each] {
        return by_threads(threads, each, [&](int t) {
            (void)both->ours.append(acta::stream_name("producer", std::to_string(t)), acta::any, {example(t)}).value();
        });
    };
    const auto by_hand = [both, threads, each_by_hand] {
        return by_threads(threads, each_by_hand, [&](int) { both->by_hand.append_guarded(); });
    };
    return {name, "/s", goal, false, ours, by_hand};
}

}  // namespace

row append_single_row(bool quick) {
    const auto both = std::make_shared<appenders>();
    const int count = quick ? 500 : 3'000;
    const auto ours = [both, count] {
        return rate_of(count, [&] {
            for (int i = 0; i < count; ++i) (void)both->ours.append(both->next()).value();
        });
    };
    const auto by_hand = [both, count] {
        return rate_of(count, [&] {
            for (int i = 0; i < count; ++i) both->by_hand.append(1);
        });
    };
    return {"append.single", "/s", 0.90, false, ours, by_hand};
}

row append_batch_row(bool quick) {
    const auto both = std::make_shared<appenders>();
    const int batches = quick ? 100 : 500;
    const auto ours = [both, batches] {
        return rate_of(batches * 100, [&] {
            std::vector<acta::append_request> batch(100);
            for (int i = 0; i < batches; ++i) {
                for (acta::append_request& one : batch) one = both->next();
                for (const acta::append_result& each : both->ours.append_all(batch)) (void)each.value();
            }
        });
    };
    const auto by_hand = [both, batches] {
        return rate_of(batches * 100, [&] {
            for (int i = 0; i < batches; ++i) both->by_hand.append(100);
        });
    };
    return {"append.batch100", "/s", 0.85, false, ours, by_hand};
}

row append_producers16_row(bool quick) { return producers_row("append.producers16", 16, 6, quick); }
row append_producers64_row(bool quick) { return producers_row("append.producers64", 64, 12, quick); }

row append_pipelined_row(bool quick) {
    const auto both = std::make_shared<appenders>();
    const int count = quick ? 50'000 : 200'000, count_by_hand = quick ? 300 : 2'000;
    const auto ours = [both, count] {
        std::vector<std::future<acta::append_result>> answers;
        answers.reserve(static_cast<std::size_t>(count));
        return rate_of(count, [&] {
            for (int i = 0; i < count; ++i) answers.push_back(both->ours.append_async(both->next()));
            for (auto& one : answers) (void)one.get().value();
        });
    };
    const auto by_hand = [both, count_by_hand] {
        return rate_of(count_by_hand, [&] {
            for (int i = 0; i < count_by_hand; ++i) both->by_hand.append(1);
        });
    };
    return {"append.pipelined", "/s", 100'000, true, ours, by_hand};
}

}  // namespace bench
