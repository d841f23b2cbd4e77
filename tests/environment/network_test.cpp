// File systems of other machines, where locks may lie: refused with a sentence and without a trace, unless the caller insists.
#include <acta/store/sqlite.hpp>
#include <acta/replay/runner.hpp>

#include "support/reading.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>

#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

using namespace acta;
using namespace tests;

namespace {

unsigned pretended = 0;  // the type of every file system, where it is not 0

/// While it lives, every file seems to be on that file system.
struct pretend {
    explicit pretend(unsigned type) { pretended = type; }
    pretend(const pretend&) = delete;
    pretend& operator=(const pretend&) = delete;
    ~pretend() { pretended = 0; }
};

constexpr std::pair<const char*, unsigned> elsewhere[] = {{"NFS", 0x6969},      {"SMB", 0x517b},      {"CIFS", 0xff534d42},
                                                          {"SMB2", 0xfe534d42}, {"AFS", 0x5346414f},  {"9P", 0x01021997},
                                                          {"Coda", 0x73757245}, {"Ceph", 0x00c36400}, {"Lustre", 0x0bd00bd0}};

void check_refused(const failure& why, const char* file) {
    const std::string said = why.what();
    CAPTURE(said);
    CHECK(why.code() == errc::misuse);
    CHECK(says(said, file));
    CHECK(says(said, "is on a network file system, where locks may lie: move it to a local disk"));
}

}  // namespace

/// In the place of the C library's.
extern "C" int fstatfs(int fd, struct statfs* out) noexcept {
    const auto answer = static_cast<int>(::syscall(SYS_fstatfs, fd, out));
    if (answer == 0 && pretended != 0) out->f_type = static_cast<decltype(out->f_type)>(pretended);
    return answer;
}

TEST_CASE("a store on a network file system is refused, one that is to be made there is not begun, and neither when it is only read") {
    for (const auto& [name, type] : elsewhere) {
        const std::string system = name;
        CAPTURE(system);
        const folder here;
        sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(3)).value();
        const auto before = here.listing();
        {
            const pretend there(type);
            for (const bool read_only : {false, true}) {
                const failure why = thrown_by([&] { sqlite_log(here / "bank.acta", {.read_only = read_only}); });
                check_refused(why, "bank.acta");
                CHECK(says(why, "or set allow_network_file_system"));
            }
            check_refused(thrown_by([&] { sqlite_log(here / "new.acta"); }), "new.acta");
            CHECK(here.listing() == before);
        }
        sqlite_log log(here / "bank.acta");
        check_gapless(log, 3);
    }
}

TEST_CASE("a store on a network file system that is allowed works, as on a local one") {
    for (const auto& [name, type] : elsewhere) {
        const std::string system = name;
        CAPTURE(system);
        const folder here;
        const pretend there(type);
        const options insisting{.allow_network_file_system = true};
        sqlite_log(here / "bank.acta", insisting).append(account("ada"), none, deposits(3)).value();
        sqlite_log log(here / "bank.acta", insisting);
        CHECK(log.append(account("ada"), exactly(3), deposits(1)));
        check_gapless(log, 4);
    }
    const pretend local(0xef53);  // ext4
    const folder here;
    CHECK(sqlite_log(here / "bank.acta").append(account("ada"), none, deposits(1)));
}

TEST_CASE("a read model on a network file system is refused from the first time on, and is not begun") {
    const folder here;
    sqlite_log log(here / "bank.acta");
    log.append({"account", "ada"}, any, {bank::deposited{1}}).value();
    {
        const pretend there(0x6969);
        check_refused(thrown_by([&] { runner_of<bank::balances>(log, here / "model.db"); }), "model.db");
        CHECK_FALSE(says(here.listing(), "model.db"));
    }
    CHECK(runner_of<bank::balances>(log, here / "model.db").catch_up().position == 1);
    const pretend there(0x6969);
    check_refused(thrown_by([&] { runner_of<bank::balances>(log, here / "model.db"); }), "model.db");
    check_refused(thrown_by([&] { (void)reading<bank::balances>(here / "model.db"); }), "model.db");
}
