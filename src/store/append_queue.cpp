// The line in front of the writer: whoever comes while it writes waits here, and all who wait are stored together (group commit).
#include "append_queue.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace acta::detail {

namespace {

/// What is written in one transaction: more would keep those waiting who come meanwhile.
constexpr std::size_t most_jobs = 1'024, most_group_bytes = 4 << 20;

constexpr auto longest_patience = std::chrono::milliseconds(std::chrono::hours(24 * 365));  // a time point does not overflow by it

enum class state : std::uint8_t { in_line, being_written, done };

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
    std::atomic<state> at{state::in_line};  // changed under the mutex, but for the last step
    std::size_t door = 0;                   // where the one who waits for it sleeps
    std::uint64_t number = 0;               // in the order of the line
    std::optional<std::promise<append_result>> promise;

    void end() noexcept {
        if (!promise) {
            at.store(state::done, std::memory_order_release);
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
        write_([&](bool) { return std::span(&alone, 1); });
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
    wait_for_turn(job, lock, deadline);
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
    job->door = turn_ % doors_.size();
    job->number = ++newest_;
    waiting_.push_back(job);
    waiting_bytes_ += job->bytes;
}

/// Until the job is done; writes for everybody when nobody else does. The lock is held before.
void append_queue::wait_for_turn(const std::shared_ptr<waiting_job>& job, line& lock, wait_deadline deadline) {
    for (;;) {
        const std::uint32_t seen =
            doors_[job->door].load(std::memory_order_acquire);  // before the look at the job: a wake-up is not missed
        while (!writing_ && job->at != state::done) write_from_the_front(lock);
        const state now = job->at;  // looked at once: it becomes done without the lock
        if (now == state::done) return;
        if (std::chrono::steady_clock::now() >= deadline) give_up(job, now == state::being_written);
        lock.unlock();
        futex_wait(doors_[job->door], seen, deadline, futex_scope::process);
        if (job->at == state::done) return;
        lock.lock();
    }
}

void append_queue::give_up(const std::shared_ptr<waiting_job>& job, bool being_written) {
    if (being_written)
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
    writing_ = true;
    newest_at_start_ = newest_;
    lock.unlock();
    write_([&](bool begun) {
        lock.lock();
        take_group(begun ? newest_ : newest_at_start_);
        lock.unlock();
        room_.notify_all();
        return std::span<append_job* const>(jobs_);
    });
    std::array<bool, 2> somebody_at{};
    for (const auto& one : group_) {
        if (!one->promise) somebody_at[one->door] = true;
        one->end();
    }
    for (std::size_t door = 0; door < doors_.size(); ++door)
        if (somebody_at[door]) open_door(door, std::numeric_limits<int>::max());
    group_.clear(), jobs_.clear();
    lock.lock();
    hand_on();
}

/// As many as go into one transaction, up to that number. Those who come from now on sleep at the other door, so that one call wakes the group
/// and few others. The lock is held.
void append_queue::take_group(std::uint64_t up_to) {
    std::size_t bytes = 0;
    while (!waiting_.empty() && waiting_.front()->number <= up_to && group_.size() < most_jobs &&
           (group_.empty() || bytes + waiting_.front()->bytes <= most_group_bytes)) {
        group_.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
        bytes += group_.back()->bytes;
        group_.back()->at = state::being_written;
        jobs_.push_back(&group_.back()->job);
    }
    waiting_bytes_ -= bytes;
    ++turn_;
}

void append_queue::open_door(std::size_t door, int most) noexcept {
    doors_[door].fetch_add(1, std::memory_order_release);
    futex_wake(doors_[door], most, futex_scope::process);
}

/// Ends a turn: one of those who wait is woken to write, unless somebody comes before. The lock is held.
void append_queue::hand_on() {
    writing_ = false;
    if (waiting_.empty()) return;
    if (waiting_.front()->promise) work_.notify_one();
    else open_door(waiting_.front()->door, 1);
}

void append_queue::serve() {
    line lock(mutex_);
    for (;;) {
        work_.wait(lock, [&] { return (!waiting_.empty() && !writing_) || (closing_ && waiting_.empty()); });
        if (waiting_.empty()) return;
        write_from_the_front(lock);
    }
}

}  // namespace acta::detail
