// Looks often while the log grows, and less often while it rests.
#include "runtime/head_watch.hpp"

#include <algorithm>
#include <thread>

namespace acta::detail {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto shortest = std::chrono::milliseconds(1);
constexpr auto longest = std::chrono::milliseconds(8);
constexpr auto after_a_failure = std::chrono::milliseconds(500);

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

bool head_watch::look() {
    const acta::position head = log_->head();
    {
        const guard turn(mutex_);
        if (head <= head_) return false;
    }
    seen(head);
    return true;
}

void head_watch::run() {
    std::chrono::milliseconds rest = longest;
    std::string said;
    for (;;) {
        try {
            rest = look() ? shortest : std::min(rest * 2, longest);
            said.clear();
        } catch (const std::exception& why) {
            if (said != why.what()) complain_(said = why.what());
            rest = after_a_failure;
        }
        guard turn(mutex_);
        const auto until = clock::now() + rest;
        while (!stopped_ && clock::now() < until) changed_.wait_until(turn, until);
        if (!stopped_) continue;
        running_ = false;
        changed_.notify_all();
        return;
    }
}

bool head_watch::stop(clock::time_point deadline) {
    guard turn(mutex_);
    stopped_ = true;
    changed_.notify_all();
    while (running_ && clock::now() < deadline) changed_.wait_until(turn, deadline);
    return !running_;
}

}  // namespace acta::detail
