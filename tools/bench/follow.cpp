// follow.live: how long after an append was acknowledged its event is in the read model, while 4 threads append one event after the
// other; the median, against a thread that looks every 10 ms and upserts what is new in one transaction.
#include <acta/store/sqlite.hpp>
#include <acta/replay/follower.hpp>

#include "bench.hpp"
#include "sums_by_account.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace bench {

namespace {

using steady = std::chrono::steady_clock;

class live {
public:
    live(const std::filesystem::path& store, double seconds_long)
        : log_(store), until_(steady::now() + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(seconds_long))) {
        for (int i = 0; i < 4; ++i) writers_.emplace_back([this, i] { append(i); });
    }
    const acta::sqlite_log& log() const noexcept { return log_; }

    /// From the thread that follows: every event up to here is in the rows.
    void applied(acta::position where) {
        const auto now = steady::now();
        for (auto p = static_cast<std::size_t>(reached_ + 1); p <= static_cast<std::size_t>(where) && p < most; ++p) seen_[p] = now;
        reached_ = where;
    }
    void wait_for_writers() { writers_.clear(); }
    bool all_applied() const { return reached_ >= log_.head(); }
    double median_ms() const {
        std::vector<double> lags;
        for (std::size_t p = 1; p < most && seen_[p] != steady::time_point(); ++p)
            lags.push_back(std::max(0.0, std::chrono::duration<double, std::milli>(seen_[p] - acknowledged_[p]).count()));
        if (lags.size() < 20) throw std::runtime_error("too few events to tell");
        std::nth_element(lags.begin(), lags.begin() + static_cast<std::ptrdiff_t>(lags.size() / 2), lags.end());
        return lags[lags.size() / 2];
    }

private:
    static constexpr std::size_t most = 1'000'000;
    void append(int writer) {
        const acta::stream_name stream("account", std::to_string(writer));
        for (std::int64_t i = 0; steady::now() < until_; ++i) {
            const auto where = static_cast<std::size_t>(log_.append(stream, acta::any, {example(i)}).value().last_position);
            if (where < most) acknowledged_[where] = steady::now();
        }
    }

    acta::sqlite_log log_;
    steady::time_point until_;
    std::vector<steady::time_point> acknowledged_ = std::vector<steady::time_point>(most), seen_ = std::vector<steady::time_point>(most);
    std::atomic<acta::position> reached_{0};
    std::vector<std::jthread> writers_;
};

double ours(double length) {
    const folder in;
    live writing(in / "store.acta", length);
    acta::follower_options how;
    how.run.on_commit = [&](const acta::checkpoint& at) { writing.applied(at.position); };
    acta::follower following(writing.log(), in / "ours.db", {&acta::abi_of<sums_by_account>()}, how);
    std::jthread thread([&](const std::stop_token& stop) { following.run(stop); });
    writing.wait_for_writers();
    if (!following.wait(writing.log().head(), steady::now() + std::chrono::seconds(10)))
        throw std::runtime_error("the follower lags behind");
    thread = {};
    return writing.median_ms();
}

double by_hand(double length) {
    const folder in;
    live writing(in / "store.acta", length);
    const sums_by_hand into(in / "by_hand.db");
    std::jthread thread([&](const std::stop_token& stop) {
        moved event;
        acta::position reached = 0;
        while (!stop.stop_requested()) {
            into.begin();
            for (const acta::stored_event& stored : writing.log().read({.after = reached})) {
                acta::codec_of<moved>().decode(stored.payload, &event);
                into.apply(event);
                reached = stored.position;
            }
            into.commit();
            writing.applied(reached);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    writing.wait_for_writers();
    while (!writing.all_applied()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    thread = {};
    return writing.median_ms();
}

}  // namespace

row follow_live_row(bool quick) {
    const double length = quick ? 1 : 3;
    return {"follow.live", "ms", 10, true, [length] { return ours(length); }, [length] { return by_hand(length); }};
}

}  // namespace bench
