// The power is cut at any call that changes the disk: what was acknowledged is there, whole and once; what was not is there whole or not at all.
#include "support/campaign.hpp"
#include "support/power_disk.hpp"
#include "support/reading.hpp"
#include "support/witness.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace tests;

namespace {

/// A store on a disk whose power may go. `claimed` is what it is held to, `really` what it is asked for.
class powered_store {
public:
    powered_store(power_disk& disk, std::filesystem::path file, durability claimed, durability really, std::mt19937_64& random)
        : disk_(disk), file_(std::move(file)), claimed_(claimed), really_(really), random_(random), saw_(random) {}

    /// Appends until the power goes, at the n-th change of the disk. Nobody is sure what became of the last one, whatever it was answered.
    void run_until_cut(std::uint64_t n) {
        disk_.cut_at(n);
        try {
            sqlite_log log = open();
            if (claimed_ != durability::full) saw_.check_beginning(log);  // what is lost by now is gone before anything follows
            while (!disk_.is_off()) saw_.append_something(log);
        } catch (const failure& why) {
            CAPTURE(why.what());
            REQUIRE(disk_.is_off());  // nothing else goes wrong
        }
        ++cuts_;
    }

    /// The power comes back, and goes again a little later: while what the cut has left of the log is taken up and written on.
    void cut_recovery() {
        disk_.restore(random_);
        run_until_cut(1 + random_() % 12);
    }

    /// The power comes back for good.
    void check() {
        disk_.restore(random_);
        sqlite_log log = open();
        claimed_ == durability::full ? saw_.check(log) : saw_.check_beginning(log);
        saw_.append_something(log);
    }

    const witness& saw() const { return saw_; }
    std::uint64_t cuts() const { return cuts_; }

private:
    sqlite_log open() { return sqlite_log(file_, {.vfs = disk_.name(), .durability = really_, .checkpoint_pages = 4 + random_() % 30}); }

    power_disk& disk_;
    std::filesystem::path file_;
    durability claimed_, really_;
    std::mt19937_64& random_;
    witness saw_;
    std::uint64_t cuts_ = 0;
};

power_disk::image new_store(power_disk& disk, const std::filesystem::path& file) {
    sqlite_log(file, {.vfs = disk.name()});
    return disk.contents();
}

constexpr std::uint64_t cuts_of_one = 50;  // of each store, so that it grows a little

struct told {
    std::uint64_t cuts = 0, in_recovery = 0;
    std::size_t acknowledged = 0, lost = 0;
};

/// `claimed` is what the store is asked for and held to; `really` is what it gets.
told cut_again_and_again(std::uint64_t rounds, durability claimed, durability really, bool honest = true) {
    campaign run(rounds);
    MESSAGE("seed " << run.seed());
    const folder here;
    const std::filesystem::path file = here / "bank.acta";
    told all;
    do {
        CAPTURE(run.seed_of_round());
        std::mt19937_64 random(run.seed_of_round());
        power_disk disk;
        disk.load(new_store(disk, file));
        if (!honest) disk.lie();
        powered_store store(disk, file, claimed, really, random);
        for (std::uint64_t i = 0; i < cuts_of_one; ++i) {
            store.run_until_cut(1 + random() % (random() % 8 == 0 ? 400 : 40));
            if (random() % 3 == 0) store.cut_recovery(), ++all.in_recovery;
            store.check();
        }
        all.cuts += store.cuts();
        all.acknowledged += store.saw().acknowledged();
        all.lost += store.saw().lost();
    } while (run.next());
    MESSAGE(all.cuts << " cuts, " << all.in_recovery << " of them in recovery, " << all.acknowledged << " appends acknowledged, "
                     << all.lost << " of them lost");
    return all;
}

}  // namespace

TEST_CASE("a power cut loses nothing that was acknowledged and tears nothing, also when it comes again during recovery") {
    const told all = cut_again_and_again(305, durability::full, durability::full);
    CHECK(all.lost == 0);
    CHECK(all.in_recovery > 0);
}

TEST_CASE("under process_crash a power cut takes the last appends at most, and leaves whole ones in order") {
    CHECK(cut_again_and_again(100, durability::process_crash, durability::process_crash).lost > 0);
}

TEST_CASE("that test fails on a disk that lies about its syncs" * doctest::should_fail()) {
    cut_again_and_again(20, durability::full, durability::full, false);
}

TEST_CASE("that test fails on a store that does not wait for the disk" * doctest::should_fail()) {
    cut_again_and_again(20, durability::full, durability::process_crash);
}
