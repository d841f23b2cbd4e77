// The turnstile: one lock file that lets one process after the other write.
#pragma once

#include <chrono>
#include <filesystem>

namespace acta::detail {

/// Two open-file-description locks (fcntl(2), F_OFD_SETLK) on a file of its own: byte 0 is the door, byte 1 the place in front of it. Who
/// comes in has waited in that place, so who has just left cannot overtake him. The system frees both when their holder dies. Used by
/// one thread at a time.
class turnstile {
public:
    /// An inactive turnstile, for stores in memory: entering always succeeds.
    turnstile() = default;
    explicit turnstile(std::filesystem::path lock_file);
    turnstile(turnstile&& other) noexcept;
    turnstile& operator=(turnstile&& other) noexcept;
    ~turnstile();

    /// Waits until nobody else is inside. Throws failure(busy) after `patience`, failure(io) when the file cannot be made.
    /// A lock file that was deleted or replaced meanwhile is noticed, and the new one is taken.
    void enter(std::chrono::milliseconds patience);
    void leave() noexcept;
    /// While inside: does the lock guard anything, or was its file deleted or replaced, and somebody else may be inside as well?
    bool still_named() const noexcept;

private:
    using time = std::chrono::steady_clock::time_point;
    bool wait_for(int byte, time deadline, std::chrono::microseconds longest_pause);
    void open_file();

    std::filesystem::path lock_file_;
    int fd_ = -1;
};

/// Leaves the turnstile at the end of a scope.
class inside {
public:
    inside(turnstile& through, std::chrono::milliseconds patience) : through_(through) { through_.enter(patience); }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;
    ~inside() { through_.leave(); }

private:
    turnstile& through_;
};

}  // namespace acta::detail
