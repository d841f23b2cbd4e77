// The shared page by which a commit wakes those who wait for it, in this process and in others.
#include "notify.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <limits>

namespace acta::detail {

namespace {
constexpr std::size_t page_size = 4'096;
}

notify_page::notify_page(const std::filesystem::path& file, bool make) noexcept {
    const int fd = ::open(file.c_str(), O_RDWR | (make ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (fd < 0) return;
    struct stat info {};
    // The space is claimed before it is touched: a page that the disk has no room for would be a SIGBUS.
    if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink <= 1 && ::posix_fallocate(fd, 0, page_size) == 0) {
        void* const mapped = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped != MAP_FAILED) words_ = static_cast<words*>(mapped);  // any bytes are a sound counter, so also those of an old file
    }
    ::close(fd);
}

notify_page::~notify_page() {
    if (shared()) ::munmap(words_, page_size);
}

void notify_page::ring() noexcept {
    words_->count.fetch_add(1);
    if (words_->sleepers.load() != 0) futex_wake(words_->count, std::numeric_limits<int>::max(), futex_scope::everybody);
}

void notify_page::wait(std::uint32_t seen, wait_deadline deadline) noexcept {
    words_->sleepers.fetch_add(1);
    if (words_->count.load() == seen) futex_wait(words_->count, seen, deadline, futex_scope::everybody);
    words_->sleepers.fetch_sub(1);
}

}  // namespace acta::detail
