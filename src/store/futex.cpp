// Sleeping until another thread, or another process that maps the same page, changes a number. Linux's own; elsewhere a short sleep.
#include "futex.hpp"

#include <algorithm>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <ctime>
#else
#include <thread>
#endif

namespace acta::detail {

static_assert(sizeof(futex_word) == 4 && futex_word::is_always_lock_free);

#if defined(__linux__)

void futex_wait(const futex_word& word, std::uint32_t seen, wait_deadline deadline) noexcept {
    using namespace std::chrono;
    constexpr nanoseconds longest = hours(1);  // whoever waits for longer looks again then
    const auto now = steady_clock::now();
    if (deadline <= now) return;
    const nanoseconds left = std::min<nanoseconds>(deadline - now, longest);
    const timespec time{static_cast<time_t>(left / seconds(1)), static_cast<long>((left % seconds(1)).count())};
    ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, &time, nullptr, 0);
}

void futex_wake(const futex_word& word, int most) noexcept { ::syscall(SYS_futex, &word, FUTEX_WAKE, most, nullptr, nullptr, 0); }

#else

void futex_wait(const futex_word& word, std::uint32_t seen, wait_deadline deadline) noexcept {
    if (word.load(std::memory_order_acquire) == seen)
        std::this_thread::sleep_until(std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(1)));
}

void futex_wake(const futex_word&, int) noexcept {}

#endif

}  // namespace acta::detail
