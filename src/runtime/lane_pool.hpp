// Lanes and the pool of threads under acta::workers.
#pragma once

#include <acta/runtime/workers.hpp>

#include "event/mutex.hpp"

#include <unistd.h>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace acta::detail {

/// Work that is done piece by piece, never two pieces at once.
class lane {
public:
    using time = std::chrono::steady_clock::time_point;
    static constexpr time never = time::max();

    virtual ~lane() = default;
    /// One piece; answers when the next is due, `never`: when it is rung for. Must not throw.
    virtual time step() noexcept = 0;
    /// The piece under way takes this long by now. Called once for it, by another thread.
    virtual void overran(std::chrono::milliseconds) noexcept {}
};

/// Runs lanes on threads. Owned by a workers, its applications and its own threads. Thread rule: any thread.
class lane_pool : public std::enable_shared_from_this<lane_pool> {
public:
    explicit lane_pool(const workers_options& how);

    void start();
    /// Its threads end as soon as they are not in a lane. Answers when they have, but for those that are.
    void stop();

    void add(std::shared_ptr<lane> one);
    /// The lane is due now; if it is at work, right after that piece.
    void ring(const lane& one);
    /// No further piece; the one under way is waited for. False: it was not done in time; then the pool keeps the lane until it is.
    bool remove(const lane& one, lane::time deadline);
    std::size_t threads() const;

private:
    struct entry;
    using line = std::set<std::pair<lane::time, entry*>>;

    struct entry {
        std::shared_ptr<lane> work;
        lane::time due{};
        line::node_type place;  ///< in the line, while it is not there: to stand there again asks for no memory
        lane::time since{};     ///< of the piece under way
        bool working = false;
        bool rung = false;
        bool removed = false;
        bool replaced = false;                                       ///< the thread of the piece under way
        bool told = false;                                           ///< that the piece under way takes long
        std::shared_ptr<bool> gone = std::make_shared<bool>(false);  ///< removed, and not held by the pool any more
    };

    void make_thread() ACTA_REQUIRES(mutex_);
    void work();
    void watch();
    void work_on(entry& on) ACTA_REQUIRES(mutex_);
    lane::time look(lane::time now, std::vector<std::pair<std::shared_ptr<lane>, std::chrono::milliseconds>>& slow) ACTA_REQUIRES(mutex_);
    void put_in_line(entry& one) noexcept ACTA_REQUIRES(mutex_);
    void take_out_of_line(entry& one) noexcept ACTA_REQUIRES(mutex_);

    const std::size_t wanted_;
    const pid_t process_ = ::getpid();
    const std::chrono::milliseconds patience_;
    const std::chrono::milliseconds report_after_;
    mutable mutex mutex_;
    condition due_;      ///< a lane may be due
    condition begun_;    ///< a piece has begun, while the watch had none to look at
    condition changed_;  ///< a lane or a thread has ended
    std::map<const lane*, std::unique_ptr<entry>> lanes_ ACTA_GUARDED_BY(mutex_);
    line line_ ACTA_GUARDED_BY(mutex_);  ///< those that wait for their time
    std::size_t threads_ ACTA_GUARDED_BY(mutex_) = 0;
    std::size_t working_ ACTA_GUARDED_BY(mutex_) = 0;
    std::size_t replaced_ ACTA_GUARDED_BY(mutex_) = 0;  ///< threads that another one was made for
    bool watching_ ACTA_GUARDED_BY(mutex_) = false;     ///< the watch is there,
    bool idle_ ACTA_GUARDED_BY(mutex_) = false;         ///< and has nothing to look at
    bool stopped_ ACTA_GUARDED_BY(mutex_) = false;
};

}  // namespace acta::detail
