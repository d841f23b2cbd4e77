// A mutex, a guard and a condition that clang's thread-safety analysis understands; elsewhere they are the standard ones.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define ACTA_THREAD_SAFETY(what) __attribute__((what))
#else
#define ACTA_THREAD_SAFETY(what)
#endif
/// The member is touched only while the mutex is held.
#define ACTA_GUARDED_BY(mutex) ACTA_THREAD_SAFETY(guarded_by(mutex))
/// The function is called only while the mutex is held.
#define ACTA_REQUIRES(mutex) ACTA_THREAD_SAFETY(requires_capability(mutex))
/// The function takes the mutex itself.
#define ACTA_EXCLUDES(mutex) ACTA_THREAD_SAFETY(locks_excluded(mutex))

namespace acta::detail {

class ACTA_THREAD_SAFETY(capability("mutex")) mutex {
public:
    void lock() ACTA_THREAD_SAFETY(acquire_capability()) { held_.lock(); }
    void unlock() ACTA_THREAD_SAFETY(release_capability()) { held_.unlock(); }

private:
    std::mutex held_;
};

/// Holds a mutex to the end of its scope.
class ACTA_THREAD_SAFETY(scoped_lockable) guard {
public:
    explicit guard(mutex& of) ACTA_THREAD_SAFETY(acquire_capability(of)) : of_(of) { of_.lock(); }
    ~guard() ACTA_THREAD_SAFETY(release_capability()) {
        if (held_) of_.unlock();
    }
    void unlock() ACTA_THREAD_SAFETY(release_capability()) { held_ = false, of_.unlock(); }
    void lock() ACTA_THREAD_SAFETY(acquire_capability()) { of_.lock(), held_ = true; }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

private:
    friend class condition;
    mutex& of_;
    bool held_ = true;
};

/// Waits while a guard's mutex is let go of. Wakes without cause now and then: look again.
class condition {
public:
    void notify_all() noexcept { held_.notify_all(); }
    void notify_one() noexcept { held_.notify_one(); }
    void wait(guard& turn) ACTA_THREAD_SAFETY(no_thread_safety_analysis) { held_.wait(turn.of_); }
    void wait_until(guard& turn, std::chrono::steady_clock::time_point when) ACTA_THREAD_SAFETY(no_thread_safety_analysis) {
        held_.wait_until(turn.of_, when);
    }

private:
    std::condition_variable_any held_;
};

}  // namespace acta::detail
