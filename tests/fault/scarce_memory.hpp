// Memory that runs out: the n-th allocation of C++ or of SQLite fails, once or until there is memory again.
#pragma once

#include <cstdint>

namespace tests {

/// Counts the allocations of all threads in the calls that it makes, and lets the n-th of them fail. One at a time. In a program that links
/// this, operator new and SQLite's allocator are replaced.
class scarce_memory {
public:
    enum class lasting : std::uint8_t { once, on };

    scarce_memory(std::uint64_t n, lasting how) noexcept;
    scarce_memory(const scarce_memory&) = delete;
    scarce_memory& operator=(const scarce_memory&) = delete;

    template <class Call>
    auto in(Call&& call) const {
        const counting now;
        return call();
    }
    /// Did the n-th come?
    bool struck() const noexcept;

private:
    struct counting {
        counting() noexcept;
        counting(const counting&) = delete;
        counting& operator=(const counting&) = delete;
        ~counting();
    };
};

}  // namespace tests
