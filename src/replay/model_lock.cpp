// The lock beside a read model: who runs it, and whose turn it is to write.
#include "replay/model_lock.hpp"

#include "event/descriptor.hpp"
#include "event/system_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

namespace acta::detail {

namespace {

constexpr int ownership = 0, gate = 1, place_before_it = 2;  // bytes of the lock file

struct flock byte_lock(int byte, short kind) noexcept {
    struct flock lock {};
    lock.l_type = kind;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    return lock;
}

bool set_lock(int fd, int byte, short kind) noexcept {
    struct flock lock = byte_lock(byte, kind);
    int answer = 0;
    do { answer = ::fcntl(fd, F_OFD_SETLK, &lock); } while (answer != 0 && errno == EINTR);
    return answer == 0;
}

bool wait_for(int fd, int byte, std::chrono::steady_clock::time_point deadline) {
    constexpr std::chrono::microseconds longest_pause(500);
    for (std::chrono::microseconds pause(20); !set_lock(fd, byte, F_WRLCK); pause = std::min(2 * pause, longest_pause)) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(pause);
    }
    return true;
}

std::filesystem::path lock_beside(const std::filesystem::path& file) { return file.string() + ".lock"; }

}  // namespace

model_lock::model_lock(const std::filesystem::path& file) : file_(lock_beside(file)) {}

model_lock::model_lock(model_lock&& other) noexcept
    : file_(std::move(other.file_)), fd_(std::exchange(other.fd_, -1)), owns_(std::exchange(other.owns_, false)) {}

model_lock& model_lock::operator=(model_lock&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(fd_, other.fd_);
    std::swap(owns_, other.owns_);
    return *this;
}

model_lock::~model_lock() {
    if (fd_ < 0) return;
    // Nobody is inside the gate then, and whoever waits for it notices that the file has gone. Only who is inside may take it away: what
    // the name stands for cannot change meanwhile.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    if ((owns_ || set_lock(fd_, ownership, F_WRLCK)) && wait_for(fd_, gate, deadline) && still_named()) ::unlink(file_.c_str());
    ::close(fd_);
}

bool model_lock::own(timestamp now) {
    if (file_.empty() || owns_) return true;
    // Somebody who has just ended may still hold the file that he is about to take away.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
    for (;;) {
        if (fd_ < 0) open_file();
        if (set_lock(fd_, ownership, F_WRLCK)) {
            if (still_named()) break;
            ::close(std::exchange(fd_, -1));  // deleted or replaced: this lock guards nothing
            continue;
        }
        if (errno != EAGAIN && errno != EACCES) fail("cannot be locked");
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    write_down(now);
    return owns_ = true;
}

void model_lock::enter(std::chrono::milliseconds patience) {
    if (file_.empty()) return;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!try_enter(deadline)) {}
}

bool model_lock::try_enter(std::chrono::steady_clock::time_point deadline) {
    if (fd_ < 0) open_file();
    const bool first = wait_for(fd_, place_before_it, deadline);
    const bool in = first && wait_for(fd_, gate, deadline);
    if (first) set_lock(fd_, place_before_it, F_UNLCK);
    if (!in) throw failure(errc::busy, file_.string() + ": somebody else has been writing to the read model for too long: try again later");
    if (owns_ || still_named()) return true;
    ::close(std::exchange(fd_, -1));
    return false;
}

void model_lock::leave() noexcept {
    if (fd_ >= 0) set_lock(fd_, gate, F_UNLCK);
}

void model_lock::open_file() {
    fd_ = behind_standard_streams(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (fd_ < 0) fail("cannot be made or opened");
    struct stat info {};
    if (::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink <= 1) return;
    ::close(std::exchange(fd_, -1));  // write_down would write into whatever else has this name
    throw failure(errc::misuse, file_.string() + ": the lock file is not a regular file with one name: move it away");
}

bool model_lock::still_named() const noexcept {
    struct stat mine {
    }, named{};
    return ::fstat(fd_, &mine) == 0 && ::stat(file_.c_str(), &named) == 0 && mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

/// For status alone; who cannot write it down (a full disk) owns the lock all the same.
void model_lock::write_down(timestamp now) const {
    const std::string text = std::to_string(::getpid()) + " " + std::to_string(now.time_since_epoch().count()) + "\n";
    if (::ftruncate(fd_, 0) == 0 && ::pwrite(fd_, text.data(), text.size(), 0) < 0) return;
}

void model_lock::fail(const char* what) const {
    const int why = errno;
    throw failure(code_of_system_error(why),
                  file_.string() + ": the lock file " + what + " (" + std::strerror(why) + "): " + advice_on_system_error(why));
}

std::optional<runner_holder> holder_of(const std::filesystem::path& file) {
    const int fd = ::open(lock_beside(file).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return std::nullopt;
    struct flock lock = byte_lock(ownership, F_WRLCK);
    const bool held = ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    std::array<char, 64> text{};
    const ssize_t size = held ? ::pread(fd, text.data(), text.size(), 0) : 0;
    ::close(fd);
    if (!held) return std::nullopt;
    runner_holder found;
    const char* const end = text.data() + std::max<ssize_t>(size, 0);
    std::int64_t since = 0;
    const auto [space, bad] = std::from_chars(text.data(), end, found.process);
    if (bad == std::errc() && space != end && std::from_chars(space + 1, end, since).ec == std::errc())
        found.since = timestamp(std::chrono::microseconds(since));
    return found;
}

}  // namespace acta::detail
