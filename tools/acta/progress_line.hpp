// How far a long run has come: one line on a terminal, drawn over and over.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace acta::cli {

/// A bar with rate and remaining time on standard error, where that is a terminal; silent elsewhere. The line is gone when this object
/// is. Used by one thread.
class progress_line {
public:
    /// `doing` stands before the bar, as in "replaying".
    explicit progress_line(std::string doing);
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;
    ~progress_line();

    /// `done` of `total` events; drawn at most ten times a second. The first call tells where the run begins.
    void at(std::int64_t done, std::int64_t total);

private:
    using steady = std::chrono::steady_clock;

    std::string doing_;
    bool visible_;
    bool drawn_ = false;
    std::int64_t first_ = -1;
    steady::time_point begun_ = steady::now();
    steady::time_point next_ = begun_ + std::chrono::milliseconds(200);  // what is over sooner needs no bar
};

/// A bar of `width` characters at most: `replaying  45 %  [####......]  45,000 of 100,000 events  312,000/s  ETA 0:01`. `rate` in events
/// a second; 0: not known yet.
std::string progress_text(const std::string& doing, std::int64_t done, std::int64_t total, double rate, std::size_t width);

}  // namespace acta::cli
