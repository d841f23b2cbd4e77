// A process opens a store once: closing any second handle on the file would drop the locks of the first.
#pragma once

#include <sys/types.h>
#include <filesystem>

namespace acta::detail {

/// A file that this process has open as a store, known by device and inode; given up at the end. POSIX locks belong to the process, and
/// the first handle that it closes on a file takes them all away, whoever holds them. Thread-safe.
class claim {
public:
    claim() = default;
    /// Of nothing when the file is not there. Throws failure(misuse) when it is claimed already, here or before a fork.
    explicit claim(const std::filesystem::path& file);
    claim(claim&& other) noexcept;
    claim& operator=(claim&& other) noexcept;
    ~claim();

private:
    dev_t device_ = 0;
    ino_t inode_ = 0;  // 0: of nothing
};

}  // namespace acta::detail
