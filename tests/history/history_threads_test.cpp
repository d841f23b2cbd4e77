// Several processes, each with several threads, append to one store and follow it: one order explains all that they were answered.
#include <acta/store/sqlite.hpp>

#include "explainer.hpp"
#include "notes.hpp"
#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support/reading.hpp"
#include "workload.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>

using namespace acta;
using namespace tests;

namespace {

constexpr int processes = 4, callers_of_one = 3, callers = processes * callers_of_one;
constexpr int followers = processes + 1;  // one beside the callers of each process but the last, and two in a process of their own
constexpr int appends_of_one = 600;       // in one store

constexpr auto patience = std::chrono::minutes(1);  // nobody is to give up on a machine that has other things to do

/// All begin at once, however long it took to fork them.
using start = std::chrono::steady_clock::time_point;

void wait_for_all(std::vector<std::future<void>>& threads) {
    for (auto& each : threads) each.get();
    threads.clear();
}

std::future<void> following(const acta::log& from, const folder& here, int reader) {
    return std::async(std::launch::async,
                      [&, reader] { save(follow(from, reader, callers), here / ("follower " + std::to_string(reader))); });
}

/// The callers of one process, who are heard of by its number.
class process {
public:
    process(const folder& here, int number, std::uint64_t seed) : here_(here), number_(number) {
        for (int i = number * callers_of_one; i < (number + 1) * callers_of_one; ++i)
            all_.emplace_back(i, seed + static_cast<std::uint64_t>(i));
    }

    /// All share one log, as does one who follows it.
    void append_and_follow(std::uint64_t checkpoint_pages) {
        sqlite_log log(here_ / "notes.acta", {.busy_timeout = patience, .checkpoint_pages = checkpoint_pages});
        std::vector<std::future<void>> threads;
        threads.push_back(following(log, here_, number_));
        for (caller& one : all_) threads.push_back(std::async(std::launch::async, [&] { one.send(log, appends_of_one), one.end(log); }));
        wait_for_all(threads);
    }

    /// The store is closed and opened again all the time, while others append to it.
    void append_and_leave(std::uint64_t checkpoint_pages) {
        constexpr int times = 12;
        for (int i = 0; i < times; ++i) {
            sqlite_log log(here_ / "notes.acta", {.busy_timeout = patience, .checkpoint_pages = checkpoint_pages});
            std::vector<std::future<void>> threads;
            for (caller& one : all_) threads.push_back(std::async(std::launch::async, [&] { one.send(log, appends_of_one / times); }));
            wait_for_all(threads);
            if (i + 1 == times)
                for (caller& one : all_) one.end(log);
        }
    }

    void save_all() const {
        for (std::size_t i = 0; i < all_.size(); ++i)
            save(all_[i].recorded, here_ / ("caller " + std::to_string(number_ * callers_of_one + static_cast<int>(i))));
    }

private:
    const folder& here_;
    int number_;
    std::vector<caller> all_;
};

void follow_only(const folder& here) {
    const sqlite_log log(here / "notes.acta", {.read_only = true});
    std::vector<std::future<void>> threads;
    for (int reader = processes - 1; reader < followers; ++reader) threads.push_back(following(log, here, reader));
    wait_for_all(threads);
}

/// What is stored at the end, in the words of those who sent it.
void read_store(const acta::log& from, history& all) {
    for (const stored_event& event : from.read()) {
        const auto& type = from.type(event.type).name;
        stored_note one{std::stoi(stream_name(event.stream).id()), event.version, number_of(event.payload), {}};
        while (name_of_kind(one.what.kind) != type) ++one.what.kind;
        for (const std::string_view tag : event.tags)
            for (unsigned bit = 0; bit < note_tags; ++bit)
                if (tag == tag_of_bit(bit).text()) one.what.tags |= 1U << bit;
        REQUIRE(event.position == static_cast<position>(all.log.size()) + 1);
        all.log.push_back(one);
    }
    for (int id = 1; id <= commands_in_use; ++id)
        if (const auto kept = from.find_answer(id_of(id)))
            all.answers[id] = {kept->what.first_position, kept->what.last_position, kept->what.versions};
}

/// One store, from the first append to the last.
history live(std::uint64_t seed) {
    const folder here;
    sqlite_log(here / "notes.acta");
    const start when = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
    const std::uint64_t checkpoint_pages = 20 + seed % 7 * 60;
    std::vector<std::unique_ptr<child>> all;
    for (int i = 0; i < processes; ++i)
        all.push_back(std::make_unique<child>([&, i](const child::voice&) {
            process one(here, i, seed);
            std::this_thread::sleep_until(when);
            if (i + 1 < processes) one.append_and_follow(checkpoint_pages);
            else one.append_and_leave(checkpoint_pages);
            one.save_all();
            return 0;
        }));
    all.push_back(std::make_unique<child>([&](const child::voice&) { return follow_only(here), 0; }));
    for (const auto& one : all) REQUIRE(one->wait() == 0);
    history happened;
    for (int i = 0; i < callers; ++i) load(happened, here / ("caller " + std::to_string(i)));
    for (int i = 0; i < followers; ++i) load(happened, here / ("follower " + std::to_string(i)));
    const sqlite_log log(here / "notes.acta");
    read_store(log, happened);
    CHECK(log.verify().findings == std::vector<std::string>());
    return happened;
}

/// For somebody to look at: the seed alone does not bring back who came before whom.
void keep(const history& happened, std::uint64_t seed) {
    const auto file = std::filesystem::temp_directory_path() / ("acta-history-" + std::to_string(seed));
    save(happened, file);
    MESSAGE("all that was asked, answered and read is in " << file.string());
}

struct counts {
    std::size_t appends = 0, readings = 0, looks = 0, rounds = 0;
    std::map<ending, std::size_t> of{};
    void add(const history& one) {
        ++rounds;
        appends += one.operations.size(), readings += one.readings.size(), looks += one.looks.size();
        for (const operation& each : one.operations) ++of[each.how];
    }
};

}  // namespace

TEST_CASE("what processes and threads that append and read at once are answered is explained by the order of positions") {
    campaign run(28);
    MESSAGE("seed " << run.seed());
    counts all;
    do {
        CAPTURE(run.seed_of_round());
        const history happened = live(run.seed_of_round());
        const std::string objection = objection_to(happened);
        if (!objection.empty()) keep(happened, run.seed_of_round());
        REQUIRE(objection == "");
        all.add(happened);
    } while (run.next());
    MESSAGE(all.rounds << " stores, " << all.appends << " appends: " << all.of[ending::stored] << " stored, "
                       << all.of[ending::stream_conflict] << " stream conflicts, " << all.of[ending::condition_conflict]
                       << " condition conflicts, " << all.of[ending::already_done] << " already done, " << all.of[ending::refused]
                       << " refused, " << all.of[ending::unknown] << " of unknown ending; " << all.readings << " readings, " << all.looks
                       << " looks");
    for (const ending each : {ending::stored, ending::stream_conflict, ending::condition_conflict, ending::already_done})
        CHECK(all.of[each] > all.appends / 50);
    CHECK(all.of[ending::refused] + all.of[ending::unknown] == 0);
}
