// What the system's error numbers mean to a caller.
#include <doctest/doctest.h>
#include <event/system_error.hpp>

#include <cerrno>
#include <string_view>

using namespace acta;
using namespace acta::detail;

TEST_CASE("each kind of system error has its code, and says what to do about it") {
    struct expected {
        int number = 0;
        errc code{};
        std::string_view advice{};
    };
    for (const expected& one :
         {expected{EACCES, errc::read_only, "permissions"}, expected{EROFS, errc::read_only, "permissions"},
          expected{ENOSPC, errc::disk_full, "make room"}, expected{EDQUOT, errc::disk_full, "make room"},
          expected{EFBIG, errc::disk_full, "ulimit -f"}, expected{EMFILE, errc::io, "ulimit -n"}, expected{ENFILE, errc::io, "ulimit -n"},
          expected{ENOENT, errc::io, "directory"}, expected{ENAMETOOLONG, errc::io, "shorter"}, expected{EIO, errc::io, "disk"},
          expected{0, errc::io, "disk"}}) {
        CAPTURE(one.number);
        CHECK(code_of_system_error(one.number) == one.code);
        CHECK(std::string_view(advice_on_system_error(one.number)).find(one.advice) != std::string_view::npos);
    }
}
