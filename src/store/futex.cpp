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

namespace {
int operation(int what, futex_scope scope) { return scope == futex_scope::process ? what | FUTEX_PRIVATE_FLAG : what; }
}  // namespace

void futex_wait(const futex_word& word, std::uint32_t seen, wait_deadline deadline, futex_scope scope) noexcept {
    using namespace std::chrono;
    constexpr nanoseconds longest = hours(1);  // whoever waits for longer looks again then
    const auto now = steady_clock::now();
    if (deadline <= now) return;
    const nanoseconds left = std::min<nanoseconds>(deadline - now, longest);
    const timespec time{static_cast<time_t>(left / seconds(1)), static_cast<long>((left % seconds(1)).count())};
    ::syscall(SYS_futex, &word, operation(FUTEX_WAIT, scope), seen, &time, nullptr, 0);
}

void futex_wake(const futex_word& word, int most, futex_scope scope) noexcept {
    ::syscall(SYS_futex, &word, operation(FUTEX_WAKE, scope), most, nullptr, nullptr, 0);
}

#else

void futex_wait(const futex_word& word, std::uint32_t seen, wait_deadline deadline, futex_scope) noexcept {
    if (word.load(std::memory_order_acquire) == seen)
        std::this_thread::sleep_until(std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(1)));
}

void futex_wake(const futex_word&, int, futex_scope) noexcept {}

#endif

}  // namespace acta::detail
