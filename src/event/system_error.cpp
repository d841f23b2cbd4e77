// What the system's error numbers mean to a caller: which errc, and what to do.
#include "event/system_error.hpp"

#include <cerrno>

namespace acta::detail {

errc code_of_system_error(int number) noexcept {
    switch (number) {
    case EACCES:
    case EPERM:
    case EROFS: return errc::read_only;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return errc::disk_full;
    default: return errc::io;
    }
}

const char* advice_on_system_error(int number) noexcept {
    switch (number) {
    case EACCES:
    case EPERM:
    case EROFS: return "mend the permissions of its directory";
    case ENOSPC:
    case EDQUOT: return "make room on the disk, and try again";
    case ENOENT:
    case ENOTDIR: return "its directory has gone, put it back or check the path";
    case EMFILE:
    case ENFILE: return "close files, or raise the limit of open files (ulimit -n), and try again";
    case ENAMETOOLONG: return "choose a shorter name, the files beside it need 49 bytes more";
    case EFBIG: return "raise the limit of file sizes (ulimit -f), and try again";
    default: return "look at the disk and at the permissions";
    }
}

}  // namespace acta::detail
