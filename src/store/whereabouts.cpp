// Are the files of an open store still those at its path? Somebody may delete, move or replace them meanwhile.
#include "whereabouts.hpp"

#include <acta/event/result.hpp>

#include <sys/stat.h>
#include <cerrno>
#include <string>
#include <utility>

namespace acta::detail {

whereabouts::known whereabouts::look(std::filesystem::path path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return {std::move(path)};
    return {std::move(path), info.st_dev, info.st_ino};
}

whereabouts::whereabouts(const std::filesystem::path& file)
    : files_{look(file), look(file.string() + "-shm"), look(file.string() + "-wal")} {}

bool whereabouts::has(part which) const noexcept {
    const known& one = files_[static_cast<std::size_t>(which)];
    struct stat now {};
    if (one.inode == 0) return true;
    if (::stat(one.path.c_str(), &now) != 0) return errno != ENOENT && errno != ENOTDIR;  // else nobody can tell
    return now.st_dev == one.device && now.st_ino == one.inode;
}

void whereabouts::check(const char* so) const {
    for (const part each : {part::file, part::index, part::log})
        if (!has(each))
            throw failure(errc::io, files_[static_cast<std::size_t>(each)].path.string() +
                                        " was deleted, moved or replaced while it was open: " + so + ", close the store and open it again");
}

}  // namespace acta::detail
