// A file that stays open must not take the number of a standard stream.
#include "support/child.hpp"

#include <doctest/doctest.h>
#include <event/descriptor.hpp>

using namespace acta::detail;

TEST_CASE("a descriptor gets a number behind those of the standard streams, which stay free, and is not inherited") {
    for (int closed = 0; closed <= 2; ++closed) {
        tests::child bare([&](const tests::child::voice&) {
            for (int fd = closed; fd <= 2; ++fd) ::close(fd);
            const int fd = behind_standard_streams(::open("/dev/null", O_RDWR | O_CLOEXEC));
            if (fd <= 2 || ::fcntl(fd, F_GETFD) != FD_CLOEXEC || ::write(fd, "x", 1) != 1) return 1;
            return ::fcntl(closed, F_GETFD) < 0 && errno == EBADF ? 0 : 2;
        });
        CHECK(bare.wait() == 0);
    }
    const int behind = ::fcntl(0, F_DUPFD_CLOEXEC, 5);
    CHECK(behind_standard_streams(behind) == behind);
    ::close(behind);
    errno = EMFILE;
    CHECK(behind_standard_streams(-1) == -1);
    CHECK(errno == EMFILE);
}
