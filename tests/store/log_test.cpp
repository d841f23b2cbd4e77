// What every log promises, whatever stands behind it.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

TEST_CASE("a new log is empty and knows itself") {
    on_each_store([](acta::log& to) {
        CHECK(to.head() == 0);
        CHECK(to.streams(0, 10).empty());
        CHECK(to.types().empty());
        CHECK_FALSE(to.find_stream(account("ada")));
        CHECK_FALSE(to.checksum_at(1));
        CHECK_FALSE(to.checksum_at(0));
        CHECK_FALSE(to.checksum_at(-1));
        CHECK(to.uuid() != std::array<std::byte, 16>{});
        CHECK(std::chrono::system_clock::now() - to.created_at() < 1min);
        CHECK(says(to.name(), to.name() == ":memory:" ? ":memory:" : "/bank.acta"));
    });
}

TEST_CASE("two logs have two identities") { CHECK(sqlite_log(":memory:").uuid() != sqlite_log(":memory:").uuid()); }

TEST_CASE("the head and each stream's end move with every append") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, deposits(3)));
        REQUIRE(to.append(account("bob"), none, deposits(2)));
        REQUIRE(to.append(account("ada"), exactly(3), deposits(1)));
        CHECK(to.head() == 6);
        const auto ada = to.find_stream(account("ada"));
        REQUIRE(ada);
        CHECK(ada->name == account("ada"));
        CHECK(ada->version == 4);
        CHECK(ada->position == 6);
        CHECK(ada->recorded_at == timestamp(std::chrono::microseconds(read_all(to)[5].recorded_at)));
        CHECK(to.find_stream(account("bob"))->position == 5);
        CHECK_FALSE(to.find_stream(account("a")));
        CHECK_FALSE(to.find_stream(account("adaa")));
        CHECK_FALSE(to.find_stream(stream_name("Account", "ada")));
    });
}

TEST_CASE("streams are listed in the order in which they were made, a part at a time") {
    on_each_store([](acta::log& to) {
        for (int i = 0; i < 600; ++i) REQUIRE(to.append(account(std::to_string(i)), none, deposits(1 + static_cast<std::size_t>(i) % 3)));
        std::vector<stream_info> all;
        for (;;) {
            const auto part = to.streams(all.empty() ? 0 : all.back().id, 100);
            if (part.empty()) break;
            REQUIRE(part.size() == 100);
            all.insert(all.end(), part.begin(), part.end());
        }
        REQUIRE(all.size() == 600);
        for (std::size_t i = 0; i < 600; ++i) {
            CHECK(all[i].name == account(std::to_string(i)));
            CHECK(all[i].version == static_cast<version>(1 + i % 3));
            CHECK(all[i].id == to.find_stream(all[i].name)->id);
        }
        CHECK(to.streams(0, std::numeric_limits<std::size_t>::max()).size() == 600);
        CHECK(to.streams(0, 0).empty());
        CHECK(to.streams(600, 10).empty());
        CHECK(to.streams(-5, 1).front().name == account("0"));
    });
}

TEST_CASE("the longest and the strangest names keep what they are") {
    on_each_store([](acta::log& to) {
        const std::vector<std::string> names{
            "a-b", "a--", "a-b-c", "k\xc3\xb6nig-\xe2\x82\xac 7'\"\\;%_", "A-b", "a-B", "category-" + std::string(246, 'x')};
        for (const std::string& name : names) REQUIRE(to.append(stream_name(name), none, {opened{name}}));
        for (const std::string& name : names) {
            const auto events = read_all(to, stream_name(name));
            REQUIRE(events.size() == 1);
            CHECK(events[0].stream == name);
        }
        CHECK(to.streams(0, 100).size() == names.size());
    });
}

TEST_CASE("every event of an entry has the checksum of that entry") {
    on_each_store([](acta::log& to) {
        REQUIRE(to.append(account("ada"), none, deposits(300)));
        REQUIRE(to.append(account("ada"), any, deposits(1)));
        for (const stored_event& event : to.read()) REQUIRE(to.checksum_at(event.position) == event.entry_checksum);
        CHECK(to.checksum_at(1) == to.checksum_at(256));
        CHECK(to.checksum_at(256) != to.checksum_at(257));
        CHECK(to.checksum_at(300) != to.checksum_at(301));
        CHECK_FALSE(to.checksum_at(302));
    });
}

TEST_CASE("the same events appended to two logs have other checksums: histories can be told apart") {
    const manual_clock still{timestamp(1'700'000'000s)};
    sqlite_log one(":memory:", {.clock = &still}), two(":memory:", {.clock = &still});
    REQUIRE(one.append(account("ada"), none, {deposited{1}}));
    REQUIRE(two.append(account("ada"), none, {deposited{1}}));
    CHECK(one.checksum_at(1) != two.checksum_at(1));
}

TEST_CASE("time is stamped once an append and never goes back, whatever the clock does") {
    const folder here;
    manual_clock clock{timestamp(1'000'000s)};
    const auto times = [](const acta::log& of) {
        std::vector<std::int64_t> out;
        for (const seen& event : read_all(of)) out.push_back(event.recorded_at / 1'000'000);
        return out;
    };
    {
        sqlite_log to(here / "bank.acta", {.clock = &clock});
        CHECK(to.created_at() == timestamp(1'000'000s));
        REQUIRE(to.append(account("ada"), any, deposits(2)));
        clock.advance(-10s);
        REQUIRE(to.append(account("bob"), any, deposits(1)));
        CHECK_FALSE(to.append(account("bob"), none, deposits(1)));
        clock.advance(-3600s);
        REQUIRE(to.append(account("ada"), any, deposits(1)));
        CHECK(times(to) == std::vector<std::int64_t>{1'000'000, 1'000'000, 1'000'000, 1'000'000});
        clock.set(timestamp(1'000'005s));
        REQUIRE(to.append(account("ada"), any, deposits(1)));
    }
    clock.set(timestamp(5s));
    sqlite_log to(here / "bank.acta", {.clock = &clock});
    REQUIRE(to.append(account("ada"), any, deposits(1)));
    CHECK(thrown_by([&] { (void)to.append(account("ada"), any, {deposited_changed{}}); }).code() == errc::layout_mismatch);
    REQUIRE(to.append(account("ada"), any, deposits(1)));
    clock.set(timestamp(1'000'006s));
    REQUIRE(to.append(account("ada"), any, deposits(1)));
    CHECK(times(to) == std::vector<std::int64_t>{1'000'000, 1'000'000, 1'000'000, 1'000'000, 1'000'005, 1'000'005, 1'000'005, 1'000'006});
}

TEST_CASE("a read of one stream sees its events alone, in order of versions") {
    on_each_store([](acta::log& to) {
        for (int i = 0; i < 300; ++i)
            REQUIRE(to.append(account(std::to_string(i % 7)), any, deposits(1 + static_cast<std::size_t>(i) % 4)));
        const auto all = read_all(to);
        std::size_t sum = 0;
        for (int stream = 0; stream < 7; ++stream) {
            const auto own = read_all(to, account(std::to_string(stream)));
            sum += own.size();
            for (std::size_t i = 0; i < own.size(); ++i) {
                REQUIRE(own[i].version == static_cast<version>(i) + 1);
                REQUIRE(own[i] == all[static_cast<std::size_t>(own[i].position) - 1]);
            }
        }
        CHECK(sum == all.size());
    });
}

TEST_CASE("events keep every byte of their payload, the empty one and the large one too") {
    on_each_store([](acta::log& to) {
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4'096}, std::size_t{1'000'000}}) {
            attached event{std::vector<std::byte>(size)};
            for (std::size_t i = 0; i < size; ++i) event.bytes[i] = static_cast<std::byte>(i * 31);
            REQUIRE(to.append(account("ada"), any, {event}));
            attached back;
            const auto stored = read_all(to, account("ada"), {.direction = direction::backward, .limit = 1});
            codec_of<attached>().decode(bytes_of(stored.at(0).payload), &back);
            CHECK(back.bytes == event.bytes);
        }
    });
}
