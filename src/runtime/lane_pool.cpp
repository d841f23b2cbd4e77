// The threads of a pool: who is due works, who takes long is replaced.
#include "runtime/lane_pool.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <thread>

namespace acta::detail {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto before_another_try = std::chrono::milliseconds(100);  // to get a thread from the system
std::size_t threads_for(std::size_t asked) { return asked > 0 ? asked : std::max<std::size_t>(2, std::thread::hardware_concurrency()); }

}  // namespace

lane_pool::lane_pool(const workers_options& how)
    : wanted_(threads_for(how.threads)), patience_(how.patience), report_after_(std::max(how.report_after, how.patience)) {}

void lane_pool::start() {
    const guard turn(mutex_);
    while (threads_ < wanted_) make_thread();
    std::thread([pool = shared_from_this()] { pool->watch(); }).detach();
    watching_ = true;
}

/// Detached: a thread that hangs in somebody's lane must not keep the program from ending. It keeps the pool alive.
void lane_pool::make_thread() {
    std::thread([pool = shared_from_this()] { pool->work(); }).detach();
    ++threads_;
}

void lane_pool::stop() {
    if (process_ != ::getpid()) return;  // a forked child has none of the threads
    guard turn(mutex_);
    stopped_ = true;
    due_.notify_all();
    begun_.notify_all();
    while (threads_ > working_ || watching_) changed_.wait(turn);
}

void lane_pool::add(std::shared_ptr<lane> one) {
    auto made = std::make_unique<entry>();
    line place{{clock::now(), made.get()}};
    made->place = place.extract(place.begin());
    made->due = made->place.value().first;
    made->work = std::move(one);
    const guard turn(mutex_);
    entry& added = *lanes_.emplace(made->work.get(), std::move(made)).first->second;
    put_in_line(added);
}

void lane_pool::put_in_line(entry& one) noexcept {
    if (one.due == lane::never) return;
    one.place.value().first = one.due;
    line_.insert(std::move(one.place));
    due_.notify_one();
}

void lane_pool::take_out_of_line(entry& one) noexcept {
    if (auto place = line_.extract({one.due, &one})) one.place = std::move(place);
}

void lane_pool::ring(const lane& one) {
    const guard turn(mutex_);
    const auto at = lanes_.find(&one);
    if (at == lanes_.end() || at->second->removed) return;
    entry& rung = *at->second;
    rung.rung = rung.working;
    if (rung.working || rung.due <= clock::now()) return;  // it has its place in the line already
    take_out_of_line(rung);
    rung.due = clock::now();
    put_in_line(rung);
}

bool lane_pool::remove(const lane& one, lane::time deadline) {
    guard turn(mutex_);
    const auto at = lanes_.find(&one);
    if (at == lanes_.end()) return true;
    entry& leaving = *at->second;
    leaving.removed = true;
    if (!leaving.working) {
        line_.erase({leaving.due, &leaving});
        lanes_.erase(at);
        return true;
    }
    const std::shared_ptr<const bool> gone = leaving.gone;
    while (!*gone) {
        if (clock::now() >= deadline) return false;
        changed_.wait_until(turn, deadline);
    }
    return true;
}

std::size_t lane_pool::threads() const {
    const guard turn(mutex_);
    return threads_;
}

void lane_pool::work() {
    guard turn(mutex_);
    while (!stopped_ && threads_ <= wanted_ + replaced_) {
        const auto now = clock::now();
        if (line_.empty()) {
            due_.wait(turn);
        } else if (line_.begin()->first > now) {
            due_.wait_until(turn, line_.begin()->first);
        } else {
            entry& next = *line_.begin()->second;
            take_out_of_line(next);
            work_on(next);
        }
    }
    --threads_;
    changed_.notify_all();
    due_.notify_one();  // what this one was woken for is another's
}

void lane_pool::work_on(entry& on) {
    on.working = true;
    on.replaced = on.told = false;
    on.since = clock::now();
    ++working_;
    if (std::exchange(idle_, false)) begun_.notify_one();
    std::shared_ptr<lane> work = on.work;
    mutex_.unlock();
    const auto next = work->step();
    mutex_.lock();
    const bool stays = !on.removed;
    if (on.replaced) --replaced_;
    if (stays) {
        on.working = false;
        on.due = std::exchange(on.rung, false) ? clock::now() : next;
        put_in_line(on);
    } else {
        const std::shared_ptr<bool> gone = on.gone;
        lanes_.erase(work.get());
        mutex_.unlock();
        work.reset();  // perhaps the last to hold it: files are closed without holding up the others
        mutex_.lock();
        *gone = true;
        changed_.notify_all();
    }
    --working_;
}

/// For every piece that takes long there shall be a thread more.
lane::time lane_pool::look(lane::time now, std::vector<std::pair<std::shared_ptr<lane>, std::chrono::milliseconds>>& slow) {
    auto next = lane::never;
    for (const auto& [key, one] : lanes_) {
        if (!one->working) continue;
        if (!one->replaced && now - one->since >= patience_) {
            one->replaced = true;
            ++replaced_;
        }
        if (!one->told && now - one->since >= report_after_) {
            one->told = true;
            try {
                if (one->work) slow.emplace_back(one->work, std::chrono::duration_cast<std::chrono::milliseconds>(now - one->since));
            } catch (const std::bad_alloc&) {}  // then nobody is told
        }
        if (!one->replaced) next = std::min(next, one->since + patience_);
        else if (!one->told) next = std::min(next, one->since + report_after_);
    }
    try {
        while (threads_ < wanted_ + replaced_) make_thread();
    } catch (const std::exception&) { next = std::min(next, now + before_another_try); }  // until then who is due waits for the others
    return next;
}

/// One thread that only looks.
void lane_pool::watch() {
    guard turn(mutex_);
    while (!stopped_) {
        std::vector<std::pair<std::shared_ptr<lane>, std::chrono::milliseconds>> slow;
        const auto next = look(clock::now(), slow);
        if (!slow.empty()) {
            turn.unlock();
            for (const auto& [one, taken] : slow) one->overran(taken);
            slow.clear();
            turn.lock();
            continue;
        }
        idle_ = next == lane::never;
        if (idle_) begun_.wait(turn);
        else begun_.wait_until(turn, next);
    }
    watching_ = false;
    changed_.notify_all();
}

}  // namespace acta::detail

namespace acta {

namespace {

/// The end of the last handle is the end of the threads.
struct running_pool {
    std::shared_ptr<detail::lane_pool> pool;
    explicit running_pool(const workers_options& how) : pool(std::make_shared<detail::lane_pool>(how)) {
        try {
            pool->start();
        } catch (...) {  // not all the threads could be had
            pool->stop();
            throw;
        }
    }
    running_pool(const running_pool&) = delete;
    running_pool& operator=(const running_pool&) = delete;
    ~running_pool() { pool->stop(); }
};

}  // namespace

workers::workers(const workers_options& how) {
    const auto made = std::make_shared<running_pool>(how);
    pool_ = made->pool.get();
    running_ = made;
}

std::size_t workers::threads() const { return pool_->threads(); }

detail::lane_pool& workers::pool() const noexcept { return *pool_; }

}  // namespace acta
