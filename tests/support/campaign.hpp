// How long a random test goes on, and from which seed: a fixed number of rounds in ctest, as long as one likes in tools/campaign.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace tests {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

/// Reads ACTA_SEED and ACTA_SECONDS from the environment; without them a random seed and the given rounds. Where a sanitizer slows everything
/// down, a tenth of those or the fewest that are of use, and the test says so.
class campaign {
public:
    explicit campaign(std::uint64_t rounds, std::uint64_t fewest = 1)
        : rounds_(sanitized ? std::min(rounds, std::max(rounds / 10 + 1, fewest)) : rounds) {
        if (const char* const given = std::getenv("ACTA_SEED")) seed_ = std::stoull(given);
        if (const char* const given = std::getenv("ACTA_SECONDS")) {
            rounds_ = UINT64_MAX;
            end_ = std::chrono::steady_clock::now() + std::chrono::seconds(std::stoull(given));
        } else if (rounds_ < rounds) {
            MESSAGE("reduced: " << rounds_ << " of " << rounds << " rounds, for a sanitizer slows everything down");
        }
    }

    std::uint64_t seed() const noexcept { return seed_; }
    /// The seed of this round, by which it alone can be repeated: run with it, round 0 is this one.
    std::uint64_t seed_of_round() const noexcept { return seed_ + round_; }
    std::uint64_t rounds_done() const noexcept { return round_; }
    /// Is there another round? To be called once before each but the first.
    bool next() { return ++round_ < rounds_ && std::chrono::steady_clock::now() < end_; }

private:
    std::uint64_t rounds_;
    std::uint64_t seed_ = std::random_device{}();
    std::uint64_t round_ = 0;
    std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace tests
