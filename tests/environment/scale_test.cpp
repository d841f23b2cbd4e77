// Very many streams, and positions as large as they can be.
#include <acta/store/sqlite.hpp>

#include "support/campaign.hpp"
#include "support/far_store.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

constexpr position limit = position{1} << 62;

/// In MiB, of this process.
std::size_t memory() {
    std::ifstream sizes("/proc/self/statm");
    std::size_t all = 0, resident = 0;
    sizes >> all >> resident;
    return resident * 4'096 >> 20;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// A store whose newest event of account-ada has that position and version.
std::filesystem::path far_store(const folder& here, position at) {
    sqlite_log(here / "bank.acta").append(account("ada"), none, {deposited{1}}).value();
    move_newest_event(here / "bank.acta", at, at);
    return here / "bank.acta";
}

}  // namespace

TEST_CASE(
    "very many streams are listed in pages, found by name and appended to, in memory that does not grow with them; verify remembers each") {
    constexpr std::int64_t all = sanitized ? 50'000 : 1'000'000, of_an_append = 1'000;
    if (sanitized) MESSAGE("under a sanitizer " << all << " streams, and its own memory hides that of the store");
    const folder here;
    sqlite_log log(here / "bank.acta", {.durability = durability::process_crash});
    const auto begin = std::chrono::steady_clock::now();
    for (std::int64_t made = 0; made < all;) {
        std::vector<append_request> requests;
        for (std::int64_t i = 0; i < of_an_append; ++i)
            requests.push_back(request(account("number " + std::to_string(++made)), none, deposits(1)));
        for (const auto& answer : log.append_all(requests)) REQUIRE(answer);
    }
    const double appending = seconds_since(begin);
    const std::size_t before = memory();

    const auto listing = std::chrono::steady_clock::now();
    std::size_t of_three_tenths = 0;
    std::int64_t listed = 0, last = 0;
    for (auto page = log.streams(0, 1'000); !page.empty(); page = log.streams(last, 1'000)) {
        for (const stream_info& one : page) {
            REQUIRE(one.id > last);
            REQUIRE(one.name == account("number " + std::to_string(++listed)));
            REQUIRE(one.version == 1);
            REQUIRE(one.position == listed);
            last = one.id;
        }
        if (listed == all / 10 * 3) of_three_tenths = memory();
    }
    REQUIRE(listed == all);
    const double listing_took = seconds_since(listing);
    const std::size_t of_all = memory();

    campaign run(5'000);
    MESSAGE("seed " << run.seed());
    const auto finding = std::chrono::steady_clock::now();
    do {
        const auto number = static_cast<std::int64_t>(std::mt19937_64(run.seed_of_round())() % static_cast<std::uint64_t>(all)) + 1;
        const auto one = log.find_stream(account("number " + std::to_string(number)));
        REQUIRE(one);
        REQUIRE(one->position == number);
    } while (run.next());
    const double found = seconds_since(finding) * 1'000'000 / static_cast<double>(run.rounds_done());
    CHECK_FALSE(log.find_stream(account("number 0")));
    CHECK(log.append(account("number 1"), exactly(1), deposits(1)));
    const std::size_t read = memory();
    CHECK(log.verify().sound());
    const std::size_t verified = memory();
    MESSAGE(all << " streams made in " << appending << " s, listed in " << listing_took << " s, found in " << found << " us each; "
                << before << " MiB of memory when they were made, " << of_three_tenths << " when 3 in 10 were listed, " << of_all
                << " when all were, " << read << " when they were found, " << verified << " when verified");
    if (sanitized) return;
    CHECK(of_three_tenths <= before + 32);                                          // 262,144 names and SQLite's pages
    CHECK(read <= of_three_tenths + 4);                                             // more streams are no more memory
    CHECK(verified <= read + 8 + static_cast<std::size_t>(all) * 256 / (1 << 20));  // verify remembers each
}

TEST_CASE("near the last position there can be, appends, conflicts, reading and waiting are exact") {
    const folder here;
    sqlite_log log(far_store(here, limit - 10));
    CHECK(log.head() == limit - 10);
    const auto done = log.append(account("ada"), exactly(limit - 10), {deposited{2}, withdrawn{3}});
    CHECK(done.value().first_position == limit - 9);
    CHECK(done.value().last_position == limit - 8);
    CHECK(done.value().version() == limit - 8);
    CHECK(log.append(account("bob"), none, {deposited{4}}).value().last_position == limit - 7);
    CHECK(log.wait(limit - 8, std::chrono::steady_clock::now() + 60s) == limit - 7);
    CHECK(log.checksum_at(limit - 8));
    CHECK(positions(read_all(log, {.after = limit - 10})) == std::vector<position>{limit - 9, limit - 8, limit - 7});
    CHECK(positions(read_all(log, {.after = limit - 9, .direction = direction::backward})) == std::vector<position>{limit - 7, limit - 8});
    CHECK(versions(read_all(log, account("ada"), {.after = limit - 10})) == std::vector<version>{limit - 9, limit - 8});
    CHECK(log.find_stream(account("ada"))->version == limit - 8);

    const auto conflict = log.append(account("ada"), exactly(limit - 9), deposits(1));
    CHECK(conflict.error().conflict.actual == limit - 8);
    CHECK(conflict.error().conflict.positions == std::vector<position>{limit - 8});
    const auto guarded = log.append(account("eve"), fail_if({{matching(tag("kind", "debit"))}}, limit - 10), deposits(1));
    CHECK(guarded.error().conflict.positions == std::vector<position>{limit - 8});
    CHECK(log.append(account("eve"), fail_if({{matching(tag("kind", "debit"))}}, limit - 8), deposits(1)));

    const failure gap = thrown_by([&] { (void)read_all(log); });
    CHECK(gap.code() == errc::damaged);
    CHECK(says(gap, "bank.acta"));
    CHECK_FALSE(log.verify().sound());
}

TEST_CASE("an append that goes beyond the last position there can be is refused whole, with a sentence; one that just fits is stored") {
    const folder here;
    const auto file = far_store(here, limit - 4);
    {
        sqlite_log log(file);
        for (const std::size_t many : {std::size_t{5}, std::size_t{300}}) {
            const failure why = thrown_by([&] { (void)log.append(account("bob"), none, deposits(many)); });
            const std::string said = why.what();
            CAPTURE(said);
            CHECK(why.code() == errc::too_large);
            CHECK(says(said, "bank.acta"));
            CHECK(says(said, std::to_string(limit)));
            CHECK(says(said, "begin a new store"));
        }
        CHECK_FALSE(log.find_stream(account("bob")));
        CHECK(log.append(account("bob"), none, deposits(4)).value().last_position == limit);
        CHECK(thrown_by([&] { (void)log.append(account("bob"), exactly(4), deposits(1)); }).code() == errc::too_large);
    }
    sqlite_log log(file);
    CHECK(log.head() == limit);
    CHECK(versions(read_all(log, account("bob"))) == std::vector<version>{1, 2, 3, 4});
    CHECK(thrown_by([&] { (void)log.append(account("bob"), exactly(4), deposits(1)); }).code() == errc::too_large);
    CHECK(log.wait(limit - 1, std::chrono::steady_clock::now()) == limit);
}
