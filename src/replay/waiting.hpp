// Waiting for a log to grow.
#pragma once

#include <acta/store/log.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace acta::detail {

/// Waits until the head is beyond `after`, at most until `deadline`, and answers the head.
inline position wait_beyond(const log& of, position after, std::chrono::steady_clock::time_point deadline) {
    constexpr std::chrono::microseconds longest_pause(2'000);
    for (std::chrono::microseconds pause(100);; pause = std::min(2 * pause, longest_pause)) {
        const position head = of.head();
        if (head > after || std::chrono::steady_clock::now() >= deadline) return head;
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace acta::detail
