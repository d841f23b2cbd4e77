// The shared page by which a commit wakes those who wait for it, in this process and in others.
#pragma once

#include "futex.hpp"

#include <filesystem>

namespace acta::detail {

/// A counter that rises with every commit, in a file that all processes map (`.notify`) or, for stores in memory, in this object alone.
/// A hint and no more: whoever waits looks at the store itself, also when nothing rings. Thread-safe.
class notify_page {
public:
    /// In this process alone.
    notify_page() = default;
    /// Maps the file, if wanted made where it is not there. Where that cannot be, ring() is heard in this process alone: see shared().
    notify_page(const std::filesystem::path& file, bool make) noexcept;
    notify_page(const notify_page&) = delete;
    notify_page& operator=(const notify_page&) = delete;
    ~notify_page();

    bool shared() const noexcept { return words_ != &own_; }
    std::uint32_t count() const noexcept { return words_->count.load(std::memory_order_acquire); }
    void ring() noexcept;
    /// Sleeps until somebody has rung since count() was `seen`, at most until `deadline`.
    void wait(std::uint32_t seen, wait_deadline deadline) noexcept;

private:
    struct words {
        futex_word count{0};
        futex_word sleepers{0};  // a process that died asleep leaves it too high, which costs a wake-up of nobody
    };
    words own_;
    words* words_ = &own_;
};

}  // namespace acta::detail
