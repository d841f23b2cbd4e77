// Sleeping until another thread, or another process that maps the same page, changes a number. Linux's own; elsewhere a short sleep.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace acta::detail {

using futex_word = std::atomic<std::uint32_t>;
using wait_deadline = std::chrono::steady_clock::time_point;

/// Who may sleep on a word and wake others: this process, which is cheaper, or all that map it.
enum class futex_scope : std::uint8_t { process, everybody };

/// Sleeps while `word` is `seen`, at most until `deadline`; may wake for no reason, so look again.
void futex_wait(const futex_word& word, std::uint32_t seen, wait_deadline deadline, futex_scope scope) noexcept;
/// Wakes up to `most` of those who sleep on `word`.
void futex_wake(const futex_word& word, int most, futex_scope scope) noexcept;

}  // namespace acta::detail
