// follow.wakeup and processes.*: how soon a follower in another process hears of a commit, and how two that write share the store.
#include "bench.hpp"
#include "by_hand_log.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>

namespace bench {

namespace {

using steady = std::chrono::steady_clock;

double now_in_us() { return std::chrono::duration<double, std::micro>(steady::now().time_since_epoch()).count(); }

/// A forked process that tells numbers. No store may be open when it is made.
class teller {
public:
    explicit teller(const std::function<void(const std::function<void(double)>&)>& work) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            try {
                work([&](double number) {
                    if (::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(1);
                });
                ::_exit(0);
            } catch (const std::exception& why) {
                std::fprintf(stderr, "%s\n", why.what());
                ::_exit(1);
            }
        }
        ::close(ends[1]);
        from_ = ends[0];
    }
    teller(const teller&) = delete;
    teller& operator=(const teller&) = delete;
    ~teller() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        ::close(from_);
    }
    double hear() {
        double number = 0;
        if (::read(from_, &number, sizeof number) != sizeof number) throw std::runtime_error("the other process has ended");
        return number;
    }

private:
    pid_t pid_ = -1;
    int from_ = -1;
};

double nth(std::vector<double> of, double part) {
    const auto at = of.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(of.size() - 1));
    std::nth_element(of.begin(), at, of.end());
    return *at;
}

/// The median of the microseconds from an acknowledged append to the follower that has seen it.
double wake_up(int rounds, const std::function<void(const std::function<void(double)>&)>& follow,
               const std::function<std::function<void()>()>& open) {
    teller follower(follow);
    follower.hear();
    const auto append = open();
    std::vector<double> late;
    for (int i = 0; i < rounds; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // until it is asleep again
        append();
        const double acknowledged = now_in_us();
        late.push_back(std::max(0.0, follower.hear() - acknowledged));
    }
    return nth(late, 0.5);
}

double wake_up_of_ours(int rounds) {
    const folder in;
    const auto file = in / "ours.acta";
    acta::sqlite_log{file};
    return wake_up(
        rounds,
        [&](const auto& tell) {
            const acta::sqlite_log from(file, {.read_only = true});
            tell(0);
            for (acta::position seen = 0;;) {
                const acta::position head = from.wait(seen, steady::now() + std::chrono::seconds(60));
                tell(now_in_us());
                seen = head;
            }
        },
        [&]() -> std::function<void()> {
            const auto to = std::make_shared<acta::sqlite_log>(file);
            return [to] { (void)to->append(acta::stream_name("account-1"), acta::any, {example(1)}).value(); };
        });
}

double wake_up_by_hand(int rounds) {
    const folder in;
    const auto file = in / "by_hand.db";
    by_hand_log{file};
    return wake_up(
        rounds,
        [&](const auto& tell) {
            const table from(file);
            const auto head = from.prepare("SELECT max(last_position) FROM entry");
            tell(0);
            for (std::int64_t seen = 0;;) {
                sqlite3_step(head.get());
                const std::int64_t newest = sqlite3_column_int64(head.get(), 0);
                sqlite3_reset(head.get());
                if (newest == seen) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                else seen = newest, tell(now_in_us());
            }
        },
        [&]() -> std::function<void()> {
            const auto to = std::make_shared<by_hand_log>(file);
            return [to] { to->append(1); };
        });
}

/// What two processes get done in so many seconds, and the waits of both in milliseconds.
struct shares {
    double slower_by_faster = 0;
    double wait_p999 = 0;
};

shares share(double duration, const std::function<std::function<void()>(int)>& open) {
    const auto writer = [&](int number) {
        return [&, number](const std::function<void(double)>& tell) {
            const auto append = open(number);
            tell(0);
            std::vector<double> waits;
            const auto end = steady::now() + std::chrono::duration<double>(duration);
            while (steady::now() < end) waits.push_back(seconds(append) * 1e3);
            tell(static_cast<double>(waits.size()));
            tell(nth(waits, 0.999));
        };
    };
    teller one(writer(1)), two(writer(2));
    one.hear(), two.hear();
    const double first = one.hear(), second = two.hear();
    return {std::min(first, second) / std::max(first, second), std::max(one.hear(), two.hear())};
}

shares share_ours(double duration) {
    const folder in;
    const auto file = in / "ours.acta";
    acta::sqlite_log{file};
    return share(duration, [&](int number) -> std::function<void()> {
        const auto to = std::make_shared<acta::sqlite_log>(file);
        const acta::stream_name stream("account", std::to_string(number));
        return [to, stream] { (void)to->append(stream, acta::any, {example(1)}).value(); };
    });
}

shares share_by_hand(double duration) {
    const folder in;
    const auto file = in / "by_hand.db";
    by_hand_log{file};
    return share(duration, [&](int number) -> std::function<void()> {
        const auto to = std::make_shared<by_hand_log>(file);
        to->begin_at(number * 1'000'000'000'000);
        return [to] { to->append(1); };
    });
}

}  // namespace

row follow_wakeup_row(bool quick) {
    const int rounds = quick ? 100 : 1'000;
    return {"follow.wakeup", "us", 60, true, [rounds] { return wake_up_of_ours(rounds); }, [rounds] { return wake_up_by_hand(rounds); }};
}

row processes_fairness_row(bool quick) {
    const double duration = quick ? 0.4 : 3;
    return {"processes.fairness",
            "of 1",
            0.9,
            true,
            [=] { return share_ours(duration).slower_by_faster; },
            [=] { return share_by_hand(duration).slower_by_faster; }};
}

row processes_wait_row(bool quick) {
    const double duration = quick ? 0.4 : 3;
    return {"processes.wait",
            "ms",
            10,
            true,
            [=] { return share_ours(duration).wait_p999; },
            [=] { return share_by_hand(duration).wait_p999; }};
}

}  // namespace bench
