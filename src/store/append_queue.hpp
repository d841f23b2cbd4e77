// The line in front of the writer: whoever comes while it writes waits here, and all who wait are stored together (group commit).
#pragma once

#include "futex.hpp"
#include "writer.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace acta::detail {

/// The first in line writes, on its own thread, for itself and for all behind it, then hands that duty to the next who waits; so a lone
/// caller pays for no other thread. One thread of the queue's own does it for asynchronous appends; it is started with the first of them.
/// Thread-safe. Nobody may call it any more when it is destroyed; what waits then is still written.
class append_queue {
public:
    /// Called by one thread at a time. It takes its jobs, once, when it can begin: who gives up before is known not to be stored. When it cannot
    /// begin, it is given those alone who were in line already when it was called, to be told so.
    using write_jobs = std::function<void(const jobs_to_write& take)>;
    append_queue(write_jobs write, const options& how);
    append_queue(const append_queue&) = delete;
    append_queue& operator=(const append_queue&) = delete;
    ~append_queue();

    /// Throws what the job ended with. Who waits for another's writing gets failure(busy) when its turn does not come in time, and
    /// failure(unknown_outcome) when it came and the disk does not answer; whoever writes waits for the disk itself.
    std::vector<append_result> append(std::span<const append_request> requests);
    std::future<append_result> append_async(append_request request);

private:
    struct waiting_job;
    using line = std::unique_lock<std::mutex>;

    void stand_in_line(const std::shared_ptr<waiting_job>& job, line& lock, wait_deadline deadline);
    void wait_for_turn(const std::shared_ptr<waiting_job>& job, line& lock, wait_deadline deadline);
    void write_from_the_front(line& lock);
    void take_group(std::uint64_t up_to);
    void open_door(std::size_t door, int most) noexcept;
    void hand_on();
    void serve();
    [[noreturn]] void give_up(const std::shared_ptr<waiting_job>& job, bool being_written);

    write_jobs write_;
    const std::chrono::milliseconds patience_;
    const std::size_t most_bytes_;

    std::mutex mutex_;
    bool writing_ = false;
    bool closing_ = false;
    std::deque<std::shared_ptr<waiting_job>> waiting_;
    std::size_t turn_ = 0;
    std::uint64_t newest_ = 0, newest_at_start_ = 0;  // numbers: in the line, and when whoever writes began to
    std::array<futex_word, 2>
        doors_{};  // those who wait sleep at them: one for the group that is written, one for those who come meanwhile
    std::size_t waiting_bytes_ = 0;
    std::condition_variable room_;
    std::condition_variable work_;  // for the queue's own thread
    // Of the one who writes; they have their size from the start, so that nothing can be thrown between taking a job and ending it.
    std::vector<std::shared_ptr<waiting_job>> group_;
    std::vector<append_job*> jobs_;
    std::thread own_thread_;
};

}  // namespace acta::detail
