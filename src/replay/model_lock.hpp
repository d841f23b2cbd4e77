// The lock beside a read model: who runs it, and whose turn it is to write.
#pragma once

#include <acta/replay/read_model.hpp>

#include <chrono>
#include <filesystem>
#include <optional>

namespace acta::detail {

/// Open-file-description locks (fcntl(2), F_OFD_SETLK) on `<file>.lock`. Byte 0 belongs to the one runner for as long as it lives; byte 1 is
/// the gate, held around every write transaction and every checkpoint of the write-ahead log, so that in no process the two overlap;
/// byte 2 is the place in front of it, so that a runner that has just left the gate cannot overtake who waits. The system frees them when
/// their holder dies. The file goes when its owner ends. Used by one thread at a time.
class model_lock {
public:
    /// Of nothing, for read models in memory: everybody may enter.
    model_lock() = default;
    explicit model_lock(const std::filesystem::path& file);
    model_lock(model_lock&& other) noexcept;
    model_lock& operator=(model_lock&& other) noexcept;
    ~model_lock();

    /// Becomes the owner, and writes down who that is; false when somebody else is. Throws failure(io, read_only, disk_full).
    bool own(timestamp now);
    bool owns() const noexcept { return owns_; }

    /// Waits until nobody else is inside. Throws failure(busy) after `patience`.
    void enter(std::chrono::milliseconds patience);
    void leave() noexcept;

private:
    bool try_enter(std::chrono::steady_clock::time_point deadline);
    void open_file();
    bool still_named() const noexcept;
    void write_down(timestamp now) const;
    [[noreturn]] void fail(const char* what) const;

    std::filesystem::path file_;
    int fd_ = -1;
    bool owns_ = false;
};

/// Who owns the lock beside a read model, if anybody does.
std::optional<runner_holder> holder_of(const std::filesystem::path& file);

}  // namespace acta::detail
