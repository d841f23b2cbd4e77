// Are the files of an open store still those at its path? Somebody may delete, move or replace them meanwhile.
#include "whereabouts.hpp"

#include <acta/event/result.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <cerrno>
#include <string>
#include <utility>

namespace acta::detail {

namespace {

/// Device and inode alone: whoever asks for times makes the next write note its own, which costs a durable append 40 us (Linux 6.13 and later,
/// multigrain timestamps).
int identify(const std::filesystem::path& path, struct statx& info) noexcept {
    return ::statx(AT_FDCWD, path.c_str(), AT_STATX_DONT_SYNC, STATX_INO, &info);
}

}  // namespace

whereabouts::known whereabouts::look(std::filesystem::path path) {
    struct statx info {};
    if (identify(path, info) != 0) return {std::move(path)};
    return {std::move(path), makedev(info.stx_dev_major, info.stx_dev_minor), info.stx_ino};
}

whereabouts::whereabouts(const std::filesystem::path& file)
    : files_{look(file), look(file.string() + "-shm"), look(file.string() + "-wal")} {}

bool whereabouts::has(part which) const noexcept {
    const known& one = files_[static_cast<std::size_t>(which)];
    struct statx now {};
    if (one.inode == 0) return true;
    if (identify(one.path, now) != 0) return errno != ENOENT && errno != ENOTDIR;  // else nobody can tell
    return makedev(now.stx_dev_major, now.stx_dev_minor) == one.device && now.stx_ino == one.inode;
}

void whereabouts::check(const char* so) const {
    for (const part each : {part::file, part::index, part::log})
        if (!has(each))
            throw failure(errc::io, files_[static_cast<std::size_t>(each)].path.string() +
                                        " was deleted, moved or replaced while it was open: " + so + ", close the store and open it again");
}

}  // namespace acta::detail
