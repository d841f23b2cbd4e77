// Waits at the log's own doorbell, and now and then for whoever wants it to stop.
#include "runtime/head_watch.hpp"

#include <algorithm>
#include <thread>

namespace acta::detail {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto between_looks_at_a_stop = std::chrono::milliseconds(20);
constexpr auto after_a_failure = std::chrono::milliseconds(500);
constexpr auto grace = std::chrono::seconds(1);  // a sound log does not hang, it waits

}  // namespace

void head_watch::start() {
    {
        const acta::position head = log_->head();
        const guard turn(mutex_);
        head_ = std::max(head_, head);
        running_ = true;
    }
    std::thread([self = shared_from_this()] { self->run(); }).detach();
}

void head_watch::seen(acta::position head) {
    {
        const guard turn(mutex_);
        if (stopped_ || head <= head_) return;
        head_ = head;
    }
    tell_(head);
}

std::optional<acta::position> head_watch::known() const {
    const guard turn(mutex_);
    if (stopped_) return std::nullopt;
    return head_;
}

void head_watch::run() {
    std::string said;
    while (const auto head = known()) {
        try {
            seen(log_->wait(*head, clock::now() + between_looks_at_a_stop));
            said.clear();
        } catch (const std::exception& why) {
            try {
                if (said != why.what()) complain_(said = why.what());
            } catch (const std::exception&) {}  // no memory to complain with
            rest(after_a_failure);
        }
    }
    log_.reset();
    const guard turn(mutex_);
    running_ = false;
    changed_.notify_all();
}

void head_watch::rest(std::chrono::milliseconds pause) {
    guard turn(mutex_);
    const auto until = clock::now() + pause;
    while (!stopped_ && clock::now() < until) changed_.wait_until(turn, until);
}

bool head_watch::stop(clock::time_point deadline) {
    guard turn(mutex_);
    stopped_ = true;
    changed_.notify_all();
    deadline = std::max(deadline, clock::now() + grace);
    while (running_ && clock::now() < deadline) changed_.wait_until(turn, deadline);
    return !running_;
}

}  // namespace acta::detail
