// A process opens a store once: closing any second handle on the file would drop the locks of the first.
#include "claim.hpp"

#include <acta/event/result.hpp>

#include <sys/stat.h>
#include <mutex>
#include <set>
#include <utility>

namespace acta::detail {

namespace {

struct claims {
    std::mutex guard;
    std::set<std::pair<dev_t, ino_t>> files;
};

claims& all() {
    static auto& made = *new claims;  // never destroyed: a log may be a static object too
    return made;
}

}  // namespace

claim::claim(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return;
    const std::lock_guard lock(all().guard);
    if (!all().files.emplace(info.st_dev, info.st_ino).second)
        throw failure(errc::misuse,
                      file.string() +
                          " is open in this process already, or was in the one that it was forked from: share that one sqlite_log "
                          "(every function may be called from any thread), and open stores after fork()");
    device_ = info.st_dev, inode_ = info.st_ino;
}

claim::claim(claim&& other) noexcept : device_(other.device_), inode_(std::exchange(other.inode_, 0)) {}

claim& claim::operator=(claim&& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    return *this;
}

claim::~claim() {
    if (inode_ == 0) return;
    const std::lock_guard lock(all().guard);
    all().files.erase({device_, inode_});
}

}  // namespace acta::detail
