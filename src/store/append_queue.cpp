// The line in front of the writer: whoever comes while it writes waits here, and all who wait are stored together (group commit).
#include "append_queue.hpp"

#include <algorithm>
#include <utility>

namespace acta::detail {

namespace {

/// What is written in one transaction: more would keep those waiting who come meanwhile.
constexpr std::size_t most_jobs = 1'024, most_group_bytes = 4 << 20;

constexpr auto longest_patience = std::chrono::milliseconds(std::chrono::hours(24 * 365));  // a time point does not overflow by it

enum state : std::uint32_t { in_line, at_the_front, being_written, done };

std::size_t size_of(std::span<const append_request> requests) {
    std::size_t size = 0;
    for (const append_request& request : requests)
        for (const stream_write& write : request.writes)
            for (const new_event& event : write.events)
                size += event.payload().size() + event.metadata().bytes().size() + sizeof(new_event);
    return size;
}

std::vector<append_result> result_of(append_job& job) {
    if (job.error) std::rethrow_exception(std::exchange(job.error, nullptr));  // whoever hears of it is the one who frees it
    return std::move(job.answers);
}

}  // namespace

/// Owns its requests: who waits for it may give up while it is being written.
struct append_queue::waiting_job {
    explicit waiting_job(std::vector<append_request> requests) : own(std::move(requests)), bytes(size_of(own)) { job.requests = own; }

    std::vector<append_request> own;
    std::size_t bytes;
    append_job job;
    futex_word at{in_line};  // changed under the mutex, but for the last step
    std::optional<std::promise<append_result>> promise;

    void end() noexcept {
        if (!promise) {
            at.store(done, std::memory_order_release);
            futex_wake(at, 1);
        } else if (job.error) {
            promise->set_exception(std::exchange(job.error, nullptr));
        } else {
            promise->set_value(std::move(job.answers.front()));
        }
    }
};

append_queue::append_queue(write_jobs write, const options& how)
    : write_(std::move(write)), patience_(std::min(how.busy_timeout, longest_patience)), most_bytes_(how.queue_bytes) {
    group_.reserve(most_jobs), jobs_.reserve(most_jobs);
}

append_queue::~append_queue() {
    {
        const line lock(mutex_);
        closing_ = true;
    }
    work_.notify_one();
    if (own_thread_.joinable()) own_thread_.join();
}

std::vector<append_result> append_queue::append(std::span<const append_request> requests) {
    line lock(mutex_);
    if (!writing_ && waiting_.empty()) {
        writing_ = true;
        lock.unlock();
        append_job job{requests};
        append_job* const alone = &job;
        write_({&alone, 1});
        lock.lock();
        hand_on();
        lock.unlock();
        return result_of(job);
    }
    lock.unlock();
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    const auto job = std::make_shared<waiting_job>(std::vector<append_request>(requests.begin(), requests.end()));
    lock.lock();
    stand_in_line(job, lock, deadline);
    if (!writing_) {
        writing_ = true;
        job->at = at_the_front;
    }
    lock.unlock();
    wait_for_turn(job, deadline);
    return result_of(job->job);
}

std::future<append_result> append_queue::append_async(append_request request) {
    std::vector<append_request> one;
    one.push_back(std::move(request));
    const auto job = std::make_shared<waiting_job>(std::move(one));
    std::future<append_result> answer = job->promise.emplace().get_future();
    line lock(mutex_);
    if (!own_thread_.joinable()) own_thread_ = std::thread([this] { serve(); });
    stand_in_line(job, lock, std::chrono::steady_clock::now() + patience_);
    if (!writing_) work_.notify_one();
    return answer;
}

void append_queue::stand_in_line(const std::shared_ptr<waiting_job>& job, line& lock, wait_deadline deadline) {
    const auto fits = [&] { return waiting_.empty() || waiting_bytes_ + job->bytes <= most_bytes_; };
    if (!room_.wait_until(lock, deadline, fits))
        throw failure(errc::busy, "the appends that wait for the disk hold " + std::to_string(waiting_bytes_) +
                                      " bytes, and there was no room for another one in time: nothing was stored, try again later, or "
                                      "raise options::queue_bytes");
    waiting_.push_back(job);
    waiting_bytes_ += job->bytes;
}

/// Until the job is done; writes for everybody where it comes to the front of the line.
void append_queue::wait_for_turn(const std::shared_ptr<waiting_job>& job, wait_deadline deadline) {
    for (;;) {
        const std::uint32_t at = job->at.load(std::memory_order_acquire);
        if (at == done) return;
        if (at != at_the_front) {
            futex_wait(job->at, at, deadline);
            if (std::chrono::steady_clock::now() < deadline) continue;
        }
        line lock(mutex_);
        if (job->at == at_the_front) {
            while (job->at != done) write_from_the_front(lock);
            hand_on();
        } else if (job->at != done) {
            give_up(job, lock);
        }
    }
}

void append_queue::give_up(const std::shared_ptr<waiting_job>& job, line&) {
    if (job->at == being_written)
        throw failure(errc::unknown_outcome, "the disk has not answered for " + std::to_string(patience_.count()) +
                                                 " ms while the append was being written, so that nobody can tell whether it is stored: "
                                                 "read the stream before sending it again");
    std::erase(waiting_, job);
    waiting_bytes_ -= job->bytes;
    room_.notify_all();
    throw failure(errc::busy, "other appends kept the disk busy for " + std::to_string(patience_.count()) +
                                  " ms: nothing was stored, try again later, or raise options::busy_timeout");
}

/// Writes as many as go into one transaction. The lock is held before and after.
void append_queue::write_from_the_front(line& lock) {
    std::size_t bytes = 0;
    while (!waiting_.empty() && group_.size() < most_jobs && (group_.empty() || bytes + waiting_.front()->bytes <= most_group_bytes)) {
        group_.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
        bytes += group_.back()->bytes;
        group_.back()->at = being_written;
        jobs_.push_back(&group_.back()->job);
    }
    waiting_bytes_ -= bytes;
    lock.unlock();
    room_.notify_all();
    write_(jobs_);
    for (const auto& one : group_) one->end();
    group_.clear(), jobs_.clear();
    lock.lock();
}

/// Ends a turn: the next in line gets it. The lock is held.
void append_queue::hand_on() {
    writing_ = !waiting_.empty() && !waiting_.front()->promise;
    if (writing_) {
        waiting_.front()->at = at_the_front;
        futex_wake(waiting_.front()->at, 1);
    } else if (!waiting_.empty()) {
        work_.notify_one();
    }
}

void append_queue::serve() {
    line lock(mutex_);
    for (;;) {
        work_.wait(lock, [&] { return (!waiting_.empty() && !writing_) || (closing_ && waiting_.empty()); });
        if (waiting_.empty()) return;
        writing_ = true;
        write_from_the_front(lock);
        hand_on();
    }
}

}  // namespace acta::detail
