// A file that stays open must not take the number of a standard stream.
#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>

namespace acta::detail {

/// Hands over what open(2) gave, under a number behind 2: where a program was started without its standard streams, what it prints would else
/// go into the file, and closing them would close it. -1 with errno where that cannot be.
inline int behind_standard_streams(int fd) noexcept {
    if (fd < 0 || fd > 2) return fd;
    const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    const int why = errno;
    ::close(fd);
    errno = why;
    return moved;
}

}  // namespace acta::detail
