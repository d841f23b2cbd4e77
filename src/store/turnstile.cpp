// The turnstile: one lock file that lets one process after the other write.
#include "turnstile.hpp"

#include "event/descriptor.hpp"
#include "event/system_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

namespace acta::detail {

namespace {

constexpr int door = 0, place_before_it = 1;  // bytes of the lock file

int set_lock(int fd, int byte, short kind) noexcept {
    struct flock lock {};
    lock.l_type = kind;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    int answer = 0;
    do { answer = ::fcntl(fd, F_OFD_SETLK, &lock); } while (answer != 0 && errno == EINTR);
    return answer;
}

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
    const int why = errno;
    throw failure(code_of_system_error(why),
                  file.string() + ": the lock file " + what + " (" + std::strerror(why) + "): " + advice_on_system_error(why));
}

}  // namespace

turnstile::turnstile(std::filesystem::path lock_file) : lock_file_(std::move(lock_file)) {}

turnstile::turnstile(turnstile&& other) noexcept : lock_file_(std::move(other.lock_file_)), fd_(std::exchange(other.fd_, -1)) {}

turnstile& turnstile::operator=(turnstile&& other) noexcept {
    std::swap(lock_file_, other.lock_file_);
    std::swap(fd_, other.fd_);
    return *this;
}

turnstile::~turnstile() {
    if (fd_ >= 0) ::close(fd_);
}

void turnstile::enter(std::chrono::milliseconds patience) {
    if (lock_file_.empty()) return;
    constexpr auto longest = std::chrono::milliseconds(std::chrono::hours(24 * 365));
    const time deadline = std::chrono::steady_clock::now() + std::min(patience, longest);
    for (;;) {
        if (fd_ < 0) open_file();
        const bool first = wait_for(place_before_it, deadline, std::chrono::milliseconds(1));
        const bool in = first && wait_for(door, deadline, std::chrono::microseconds(50));
        if (first) set_lock(fd_, place_before_it, F_UNLCK);
        if (!in)
            throw failure(errc::busy, lock_file_.string() + ": another process has been writing for " + std::to_string(patience.count()) +
                                          " ms: try again later, or raise options::busy_timeout");
        if (still_named()) return;
        ::close(std::exchange(fd_, -1));  // deleted or replaced: this lock guards nothing
    }
}

void turnstile::leave() noexcept {
    if (fd_ >= 0) set_lock(fd_, door, F_UNLCK);
}

bool turnstile::wait_for(int byte, time deadline, std::chrono::microseconds longest_pause) {
    auto pause = std::chrono::microseconds(50);
    while (set_lock(fd_, byte, F_WRLCK) != 0) {
        if (const int why = errno; why != EAGAIN && why != EACCES) {
            ::close(std::exchange(fd_, -1));  // and with it the other lock
            errno = why;
            fail(lock_file_, "cannot be locked");
        }
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, longest_pause);
    }
    return true;
}

bool turnstile::still_named() const noexcept {
    struct stat mine {
    }, named{};
    if (lock_file_.empty()) return true;
    return ::fstat(fd_, &mine) == 0 && ::stat(lock_file_.c_str(), &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

void turnstile::open_file() {
    fd_ = behind_standard_streams(::open(lock_file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (fd_ < 0) fail(lock_file_, "cannot be made or opened");
}

}  // namespace acta::detail
