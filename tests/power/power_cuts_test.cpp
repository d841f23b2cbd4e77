// The power is cut at any call that changes the disk: what was acknowledged is there, whole and once; what was not is there whole or not at all.
#include <acta/store/ranges.hpp>

#include "power_disk.hpp"
#include "store/reading.hpp"
#include "support/campaign.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace acta;
using namespace tests;

namespace {

/// One append as the test remembers it: its events are deposits with numbers that occur once.
struct sent {
    std::vector<std::int64_t> numbers{};
    position first = 0;  ///< 0: not acknowledged
    std::string id{};
};

/// A store on a disk whose power may go, and what was sent to it since it was made.
class powered_store {
public:
    powered_store(power_disk& disk, std::filesystem::path file, durability claimed, durability really, std::mt19937_64& random)
        : disk_(disk), file_(std::move(file)), claimed_(claimed), really_(really), random_(random) {}

    /// Appends until the power goes, at the n-th change of the disk.
    void run_until_cut(std::uint64_t n) {
        disk_.cut_at(n);
        try {
            sqlite_log log = open();
            while (!disk_.is_off()) append_something(log);
        } catch (const failure& why) {
            CAPTURE(why.what());
            REQUIRE(disk_.is_off());  // nothing else goes wrong
        }
    }

    /// The power comes back, and goes again a little later, while the store is opened.
    void cut_recovery() {
        disk_.restore(random_);
        disk_.cut_at(1 + random_() % 12);
        try {
            const sqlite_log log = open();
            (void)read_all(log);
        } catch (const failure&) { REQUIRE(disk_.is_off()); }
        disk_.stay_on();
    }

    /// The power comes back for good. What is stored is compared with what was sent, and remembered from then on.
    void check() {
        disk_.restore(random_);
        sqlite_log log = open();
        check_gapless(log, log.head());
        std::vector<std::int64_t> stored;
        for (const auto& each : log | views::of<deposited>) stored.push_back(each->cents);
        REQUIRE(static_cast<position>(stored.size()) == log.head());
        claimed_ == durability::full ? check_all_are_there(stored) : drop_lost_suffix(stored);
        check_answers(log);
        REQUIRE(log.append(account("after"), any, {deposited{next_number_}}));
        sent_.push_back({{next_number_++}, log.head(), {}});
    }

    void forget() { sent_.clear(), next_number_ = 1; }
    std::size_t acknowledged() const { return acknowledged_; }
    std::size_t lost() const { return lost_; }

private:
    sqlite_log open() { return sqlite_log(file_, {.vfs = disk_.name(), .durability = really_, .checkpoint_pages = 4 + random_() % 30}); }

    append_request make_request(sent& note) {
        append_request one;
        const std::size_t streams = 1 + random_() % 3;
        for (std::size_t s = 0; s < streams; ++s) {
            std::vector<new_event> events;
            for (std::size_t i = 1 + random_() % 4; i > 0; --i) {
                note.numbers.push_back(next_number_);
                events.push_back(deposited{next_number_++});
            }
            one.writes.push_back({account(std::to_string(10 * s + random_() % 10)), any, std::move(events)});
        }
        if (random_() % 4 == 0) {
            one.id = command_id(note.id = "order " + std::to_string(next_number_));
            one.command = "deposit";
        }
        return one;
    }

    /// Its requests are in one transaction, so that they are there together or not at all.
    void append_something(sqlite_log& log) {
        std::vector<append_request> requests;
        std::vector<std::size_t> notes;
        for (std::size_t i = random_() % 3 == 0 ? 1 + random_() % 8 : 1; i > 0; --i) {
            sent_.emplace_back();
            requests.push_back(make_request(sent_.back()));
            notes.push_back(sent_.size() - 1);
        }
        const std::vector<append_result> answers = log.append_all(requests);
        for (std::size_t i = 0; i < notes.size(); ++i) sent_[notes[i]].first = answers[i].value().first_position, ++acknowledged_;
    }

    static bool stands_at(const std::vector<std::int64_t>& stored, const sent& one, std::size_t at) {
        return at + one.numbers.size() <= stored.size() &&
               std::equal(one.numbers.begin(), one.numbers.end(), stored.begin() + static_cast<std::ptrdiff_t>(at));
    }

    /// Acknowledged appends stand where they were told, in the order in which they were sent, with nothing between them; the last ones, which
    /// nobody was told of, are all there or none of them.
    void check_all_are_there(const std::vector<std::int64_t>& stored) {
        std::size_t at = 0, i = 0;
        for (; i < sent_.size() && sent_[i].first != 0; at += sent_[i++].numbers.size()) {
            REQUIRE(static_cast<std::size_t>(sent_[i].first) == at + 1);
            REQUIRE(stands_at(stored, sent_[i], at));
        }
        keep_unacknowledged(stored, at, i);
    }

    void keep_unacknowledged(const std::vector<std::int64_t>& stored, std::size_t at, std::size_t i) {
        const std::size_t first_unknown = i;
        const bool there = at < stored.size();
        for (; there && i < sent_.size(); at += sent_[i++].numbers.size()) {
            REQUIRE(sent_[i].first == 0);
            REQUIRE(stands_at(stored, sent_[i], at));
            sent_[i].first = static_cast<position>(at) + 1;
        }
        REQUIRE(at == stored.size());
        gone_.clear();
        for (std::size_t k = there ? i : first_unknown; k < sent_.size(); ++k) gone_.push_back(sent_[k].id);
        sent_.resize(there ? i : first_unknown);
    }

    /// Where the disk is not waited for, appends may be lost, but only the last ones: what is left is the beginning of what was sent.
    void drop_lost_suffix(const std::vector<std::int64_t>& stored) {
        std::size_t at = 0, i = 0;
        gone_.clear();
        for (; i < sent_.size() && at < stored.size(); at += sent_[i++].numbers.size()) {
            REQUIRE(stands_at(stored, sent_[i], at));
            sent_[i].first = static_cast<position>(at) + 1;
        }
        REQUIRE(at == stored.size());
        for (std::size_t k = i; k < sent_.size(); ++k) gone_.push_back(sent_[k].id), lost_ += sent_[k].first != 0;
        sent_.resize(i);
    }

    /// An answer is there exactly if its events are.
    void check_answers(const sqlite_log& log) const {
        for (const sent& one : sent_) {
            if (one.id.empty()) continue;
            const auto answer = log.find_answer(command_id(one.id));
            REQUIRE(answer);
            REQUIRE(answer->what.first_position == one.first);
        }
        for (const std::string& id : gone_) REQUIRE((id.empty() || !log.find_answer(command_id(id))));
    }

    power_disk& disk_;
    std::filesystem::path file_;
    durability claimed_, really_;
    std::mt19937_64& random_;
    std::vector<sent> sent_;
    std::vector<std::string> gone_;  // ids of what is known not to be stored
    std::int64_t next_number_ = 1;
    std::size_t acknowledged_ = 0, lost_ = 0;
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
            ++all.cuts;
            if (random() % 3 == 0) store.cut_recovery(), ++all.cuts, ++all.in_recovery;
            store.check();
        }
        all.acknowledged += store.acknowledged();
        all.lost += store.lost();
    } while (run.next());
    MESSAGE(all.cuts << " cuts, " << all.in_recovery << " of them in recovery, " << all.acknowledged << " appends acknowledged, "
                     << all.lost << " of them lost");
    return all;
}

}  // namespace

TEST_CASE("a power cut loses nothing that was acknowledged and tears nothing, also when it comes again during recovery") {
    const told all = cut_again_and_again(300, durability::full, durability::full);
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
