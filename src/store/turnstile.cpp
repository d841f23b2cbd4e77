// The turnstile: one lock file that lets one process after the other write.
#include "turnstile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include <acta/event/result.hpp>

namespace acta::detail {

namespace {

int set_lock(int fd, short kind) noexcept {
    struct flock lock {};
    lock.l_type = kind;
    lock.l_whence = SEEK_SET;
    int answer = 0;
    do {
        answer = ::fcntl(fd, F_OFD_SETLK, &lock);
    } while (answer != 0 && errno == EINTR);
    return answer;
}

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
    const errc code = errno == EACCES || errno == EROFS || errno == EPERM ? errc::read_only : errno == ENOSPC ? errc::disk_full : errc::io;
    throw failure(code, file.string() + ": the lock file " + what + " (" + std::strerror(errno) + "): mend the permissions of its directory");
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
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto pause = std::chrono::microseconds(50);
    while (!try_enter()) {
        if (std::chrono::steady_clock::now() >= deadline)
            throw failure(errc::busy, lock_file_.string() + ": another process has been writing for " + std::to_string(patience.count()) +
                                          " ms: try again later, or raise options::busy_timeout");
        std::this_thread::sleep_for(pause);
        if (pause < std::chrono::milliseconds(2)) pause *= 2;
    }
}

void turnstile::leave() noexcept {
    if (fd_ >= 0) set_lock(fd_, F_UNLCK);
}

bool turnstile::try_enter() {
    if (fd_ < 0) open_file();
    if (set_lock(fd_, F_WRLCK) != 0) {
        if (errno == EAGAIN || errno == EACCES) return false;
        fail(lock_file_, "cannot be locked");
    }
    struct stat mine {}, named {};
    if (::fstat(fd_, &mine) == 0 && ::stat(lock_file_.c_str(), &named) == 0 && mine.st_dev == named.st_dev && mine.st_ino == named.st_ino) return true;
    ::close(std::exchange(fd_, -1));  // deleted or replaced: this lock guards nothing
    return false;
}

void turnstile::open_file() {
    fd_ = ::open(lock_file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd_ < 0) fail(lock_file_, "cannot be made or opened");
}

}  // namespace acta::detail
