// Snapshots: kept with an append, the newest of each stream, and worth nothing where they are not what was written.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace tests;

namespace {

append_request with_snapshot(const std::string& id, version at, const char* data) {
    append_request one = request(account(id), any, {deposited{1}});
    const byte_span bytes = bytes_of(data);
    one.snapshot = snapshot{account(id), at, at, 42, {bytes.begin(), bytes.end()}};
    return one;
}

std::string data_of(const snapshot& one) { return std::string(text_of(one.data)); }

}  // namespace

TEST_CASE("the newest snapshot of each stream is there") {
    on_each_store([](acta::log& log) {
        REQUIRE(log.append(account("ada"), none, deposits(5)));
        CHECK_FALSE(log.find_snapshot(account("ada")));
        CHECK_FALSE(log.find_snapshot(account("eve")));
        REQUIRE(log.append(with_snapshot("ada", 5, "five")));
        REQUIRE(log.append(with_snapshot("ada", 6, "six")));
        const auto found = log.find_snapshot(account("ada"));
        REQUIRE(found);
        CHECK(found->stream == account("ada"));
        CHECK(found->version == 6);
        CHECK(found->position == 6);
        CHECK(found->fingerprint == 42);
        CHECK(data_of(*found) == "six");
    });
}

TEST_CASE("a snapshot is kept only where its append is stored") {
    sqlite_log log(":memory:");
    REQUIRE(log.append(account("ada"), none, deposits(5)));
    append_request late = with_snapshot("ada", 5, "five");
    late.writes.front().expected = exactly(4);
    CHECK_FALSE(log.append(late));
    CHECK_FALSE(log.find_snapshot(account("ada")));
}

TEST_CASE("a snapshot of a stream that the append does not write to is a misuse") {
    sqlite_log log(":memory:");
    append_request foreign = with_snapshot("ada", 1, "one");
    foreign.snapshot.stream = account("eve");
    const failure why = thrown_by([&] { (void)log.append(foreign); });
    CHECK(why.code() == errc::misuse);
    CHECK(says(why, "account-eve"));
    CHECK(log.head() == 0);
}

TEST_CASE("a snapshot that is not what was written is as good as none") {
    const folder here;
    {
        sqlite_log log(here / "bank.acta");
        REQUIRE(log.append(account("ada"), none, deposits(5)));
        REQUIRE(log.append(with_snapshot("ada", 5, "five")));
    }
    for (const char* const change : {"version = 4", "fingerprint = 0", "data = x'05ff'", "data = x''", "checksum = 0", "stream = 2"}) {
        const folder other;
        std::filesystem::copy_file(here / "bank.acta", other / "bank.acta");
        REQUIRE(shell(other / "bank.acta").run(std::string("UPDATE snapshot SET ") + change) == "");
        sqlite_log log(other / "bank.acta");
        CHECK_FALSE(log.find_snapshot(account("ada")));
        CHECK(log.append(with_snapshot("ada", 6, "six")));
        CHECK(log.find_snapshot(account("ada"))->version == 6);
    }
}

TEST_CASE("a snapshot of more than the stream holds is a misuse") {
    sqlite_log log(":memory:");
    REQUIRE(log.append(account("ada"), none, deposits(2)));
    CHECK(thrown_by([&] { (void)log.append(with_snapshot("ada", 100, "x")); }).code() == errc::misuse);
    CHECK(log.head() == 2);
}

TEST_CASE("a snapshot of no version, or at a position where that version cannot be, is a misuse and stores nothing") {
    sqlite_log log(":memory:");
    REQUIRE(log.append(account("ada"), none, deposits(2)));
    for (const auto& [version, position] : {std::pair{0, 0}, {-1, 1}, {2, 1}, {2, 3}, {1, 0}}) {
        append_request wrong = with_snapshot("ada", 2, "x");
        wrong.snapshot.version = version, wrong.snapshot.position = position;
        const failure why = thrown_by([&] { (void)log.append(wrong); });
        CHECK(why.code() == errc::misuse);
        CHECK(says(why, "take it from what a reading gave"));
    }
    CHECK(log.head() == 2);
    CHECK(log.append(with_snapshot("ada", 2, "two")));
    CHECK(log.verify().sound());
}
