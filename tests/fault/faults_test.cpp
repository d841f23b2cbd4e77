// Every call to the disk fails in turn, once or until it is mended: what was answered is what is stored, then and after a power cut.
#include "support/campaign.hpp"
#include "support/faulty_vfs.hpp"
#include "support/power_disk.hpp"
#include "support/reading.hpp"
#include "support/witness.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace tests;
using call = faulty_vfs::call;

namespace {

struct fault {
    const char* name;
    call what;
    int code;
    bool drops_unsynced = false;
};

constexpr fault faults[] = {
    {"a write fails", call::write, SQLITE_IOERR_WRITE},
    {"a write finds the disk full half way", call::write, SQLITE_FULL},
    {"a sync fails", call::sync, SQLITE_IOERR_FSYNC},
    {"a sync fails and takes what was written with it", call::sync, SQLITE_IOERR_FSYNC, true},
    {"a read fails", call::read, SQLITE_IOERR_READ},
    {"a truncation fails", call::truncate, SQLITE_IOERR_TRUNCATE},
    {"a file cannot be opened", call::open, SQLITE_CANTOPEN},
    {"a lock fails", call::lock, SQLITE_IOERR_LOCK},
    {"a lock of the index fails", call::lock_index, SQLITE_IOERR_SHMLOCK},
    {"the index cannot be mapped", call::map_index, SQLITE_IOERR_SHMMAP},
};

struct counts {
    std::uint64_t runs = 0, refused = 0, unknown = 0, not_opened = 0;
};

/// One life of a store in which the n-th call of a kind fails. False: there is no n-th call.
bool live_through(const fault& wrong, std::uint64_t n, bool for_ever, std::uint64_t seed, counts& all) {
    std::mt19937_64 random(seed);
    const folder here;
    const std::filesystem::path file = here / "bank.acta";
    power_disk disk;
    faulty_vfs between(disk.name().c_str());
    const options how{.vfs = between.name(), .checkpoint_pages = 12};
    witness saw(random);
    {
        sqlite_log log(file, how);
        for (int i = 0; i < 3; ++i) saw.append_something(log);
    }
    std::uint64_t calls = 0;
    between.fault = [&](call what, std::string_view) {
        if (what != wrong.what) return SQLITE_OK;
        ++calls;
        if (calls < n || (calls > n && !for_ever)) return SQLITE_OK;
        if (wrong.drops_unsynced) disk.drop_unsynced();
        return wrong.code;
    };
    std::unique_ptr<sqlite_log> log;
    try {
        log = std::make_unique<sqlite_log>(file, how);
    } catch (const failure&) {
        ++all.not_opened;
        between.heal();
        log = std::make_unique<sqlite_log>(file, how);
    }
    for (int i = 0; i < 25; ++i) {
        try {
            saw.append_something(*log);
        } catch (const failure& why) { REQUIRE(std::string(why.what()).find("bank.acta") != std::string::npos); }
    }
    between.heal();
    saw.append_something(*log);  // goes on by itself
    saw.check(*log);
    // Under a power cut just then, and again with the store anew.
    disk.cut_at(1);
    log.reset();
    disk.restore(random);
    sqlite_log again(file, how);
    saw.check(again);
    saw.append_something(again);
    saw.check(again);
    ++all.runs, all.refused += saw.refused(), all.unknown += saw.unknown();
    return calls >= n;
}

}  // namespace

TEST_CASE("whichever call fails, what was answered is what is stored, the store goes on, and a power cut changes nothing") {
    campaign run(1);
    MESSAGE("seed " << run.seed());
    do {
        for (const fault& wrong : faults)
            for (const bool for_ever : {false, true}) {
                CAPTURE(run.seed_of_round());
                const std::string what = wrong.name;
                CAPTURE(what);
                CAPTURE(for_ever);
                counts all;
                for (std::uint64_t n = 1;; ++n) {
                    CAPTURE(n);
                    if (!live_through(wrong, n, for_ever, run.seed_of_round(), all)) break;
                }
                CHECK(all.runs > 1);
                MESSAGE(what << std::string(for_ever ? ", for ever: " : ", once: ") << all.runs << " runs, " << all.refused
                             << " calls refused, " << all.unknown << " of unknown ending, " << all.not_opened << " not opened");
            }
    } while (run.next());
}
