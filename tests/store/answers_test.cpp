// Commands that were answered: kept for so long, forgotten little by little, and never taken for what they are not.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

append_request with_id(const command_id& id) {
    append_request one = request(account("ada"), any, {deposited{1}});
    one.id = id;
    one.command = "account.deposit";
    return one;
}

std::string answers_in(const std::filesystem::path& file) { return shell(file).ask("SELECT count(*) FROM command"); }

}  // namespace

TEST_CASE("an answer outlives the log that gave it") {
    const folder here;
    const command_id id = command_id::make();
    REQUIRE(sqlite_log(here / "bank.acta").append(with_id(id)));
    sqlite_log log(here / "bank.acta");
    CHECK(log.append(with_id(id))->already_done);
    CHECK(log.head() == 1);
}

TEST_CASE("answers that have come of age are forgotten a few at a time, by the appends that add others") {
    const folder here;
    manual_clock time(timestamp(1'000h));
    {
        sqlite_log log(here / "bank.acta", {.clock = &time, .command_age = 24h});
        for (int i = 0; i < 100; ++i) REQUIRE(log.append(with_id("old-" + std::to_string(i))));
        time.advance(25h);
        CHECK(log.append(with_id("old-7"))->already_done);  // not forgotten yet, and so still known
        REQUIRE(log.append(with_id("new-0")));
    }
    CHECK(answers_in(here / "bank.acta") == "85");
    {
        sqlite_log log(here / "bank.acta", {.clock = &time, .command_age = 24h});
        for (int i = 1; i < 10; ++i) REQUIRE(log.append(with_id("new-" + std::to_string(i))));
        CHECK_FALSE(log.find_answer("old-99"));
        CHECK_FALSE(log.append(with_id("old-7"))->already_done);
    }
    CHECK(answers_in(here / "bank.acta") == "11");
}

TEST_CASE("an answer that is not what was written is damage, and says of which command") {
    const folder here;
    REQUIRE(sqlite_log(here / "bank.acta").append(with_id("order-1")));
    for (const char* const change :
         {"name = 'account.withdraw'", "answer = x'00'", "recorded_at = recorded_at + 1", "checksum = checksum + 1"}) {
        const folder other;
        std::filesystem::copy_file(here / "bank.acta", other / "bank.acta");
        REQUIRE(shell(other / "bank.acta").run(std::string("UPDATE command SET ") + change) == "");
        sqlite_log log(other / "bank.acta");
        const failure why = thrown_by([&] { (void)log.append(with_id("order-1")); });
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, "order-1"));
        CHECK(thrown_by([&] { (void)log.find_answer("order-1"); }).code() == errc::damaged);
        CHECK(log.append(with_id("order-2")));
    }
}

TEST_CASE("an answer is stored with its events or not at all") {
    const folder here;
    sqlite_log log(here / "bank.acta");
    append_request two = with_id("order-1");
    two.writes.push_back({account("bob"), any, {deposited_changed{}}});
    REQUIRE(log.append(account("ada"), any, {deposited{1}}));
    CHECK(thrown_by([&] { (void)log.append(two); }).code() == errc::layout_mismatch);
    CHECK_FALSE(log.find_answer("order-1"));
    CHECK(log.head() == 1);
}

TEST_CASE("names and answers over their limits get a sentence") {
    sqlite_log log(":memory:");
    append_request one = with_id("order-1");
    one.command = std::string(201, 'x');
    CHECK(thrown_by([&] { (void)log.append(one); }).code() == errc::bad_name);
    one.command = "account.deposit";
    one.answer.resize((64 << 10) + 1);
    CHECK(thrown_by([&] { (void)log.append(one); }).code() == errc::too_large);
    one.answer.resize(64 << 10);
    CHECK(log.append(one));
    CHECK(log.find_answer("order-1")->what.answer.size() == 64 << 10);
}

TEST_CASE("ids may be kept for ever, and not for less than no time") {
    sqlite_log log(":memory:", {.command_age = std::chrono::hours::max()});
    REQUIRE(log.append(with_id("order-1")));
    CHECK(log.append(with_id("order-1"))->already_done);
    CHECK(thrown_by([] { sqlite_log(":memory:", {.command_age = -1h}); }).code() == errc::misuse);
}
