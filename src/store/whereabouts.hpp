// Are the files of an open store still those at its path? Somebody may delete, move or replace them meanwhile.
#pragma once

#include <sys/types.h>
#include <array>
#include <cstdint>
#include <filesystem>

namespace acta::detail {

/// A store's file and SQLite's two beside it, known by device and inode since it was made. While a connection is open none of them changes by
/// itself, and what is written to one that has gone is lost. Thread-safe, but for moving.
class whereabouts {
public:
    /// Of nothing: nothing is ever missed.
    whereabouts() = default;
    /// Of the files that are there now, which a connection has open.
    explicit whereabouts(const std::filesystem::path& file);

    enum class part : std::uint8_t { file, index, log };
    /// Is it there as it was?
    bool has(part which) const noexcept;
    /// Throws failure(io) where one is not. `so` says what that means to the caller.
    void check(const char* so) const;

private:
    struct known {
        std::filesystem::path path{};
        dev_t device = 0;
        ino_t inode = 0;  // 0: was not there
    };
    static known look(std::filesystem::path path);
    std::array<known, 3> files_{};
};

}  // namespace acta::detail
