// Notices that a log has grown, whoever appended to it.
#pragma once

#include <acta/store/log.hpp>

#include "event/mutex.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace acta::detail {

/// One thread that waits for the head of a log and calls a function when it has moved. Stopped, it holds the log no more. Thread rule: any
/// thread, start() and stop() once.
class head_watch : public std::enable_shared_from_this<head_watch> {
public:
    using moved = std::function<void(acta::position head)>;
    using failed = std::function<void(const std::string& why)>;

    head_watch(std::shared_ptr<const log> of, moved tell, failed complain)
        : log_(std::move(of)), tell_(std::move(tell)), complain_(std::move(complain)) {}

    void start();
    /// The head is known to be there: told at once, on the caller's thread.
    void seen(acta::position head);
    /// False: the log did not answer in time, and the thread is left behind until it does.
    bool stop(std::chrono::steady_clock::time_point deadline);

private:
    void run();
    std::optional<acta::position> known() const;  ///< nothing: stopped
    void rest(std::chrono::milliseconds pause);

    std::shared_ptr<const log> log_;  ///< let go of at the end of the thread
    const moved tell_;
    const failed complain_;
    mutable mutex mutex_;
    condition changed_;
    acta::position head_ ACTA_GUARDED_BY(mutex_) = 0;
    bool running_ ACTA_GUARDED_BY(mutex_) = false;
    bool stopped_ ACTA_GUARDED_BY(mutex_) = false;
};

}  // namespace acta::detail
