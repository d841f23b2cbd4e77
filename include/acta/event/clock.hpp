// Where time comes from: an interface, so that a test can hold it still.
#pragma once

#include <chrono>

namespace acta {

/// Microseconds since 1970-01-01 UTC.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// A source of time. Thread rule: now() may be called from any thread.
class clock {
public:
    virtual ~clock() = default;
    virtual timestamp now() const = 0;

    /// The computer's own clock; lives for the whole program.
    static const clock& system() noexcept;
};

/// A clock that stands still until it is set; for tests. Not thread-safe while it is being set.
class manual_clock final : public clock {
public:
    explicit manual_clock(timestamp start) : now_(start) {}
    timestamp now() const override { return now_; }
    void set(timestamp now) { now_ = now; }
    void advance(std::chrono::microseconds by) { now_ += by; }

private:
    timestamp now_;
};

}  // namespace acta
