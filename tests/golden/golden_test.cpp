// Stores that released formats have left behind are opened, read, replayed and appended to.
#include <acta/event/json.hpp>
#include <acta/event/match.hpp>
#include <acta/store/ranges.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/replay/runner.hpp>

#include "event/every_type.hpp"
#include "golden/history.hpp"
#include "replay/changed_diary.hpp"
#include "support/temporary.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using tests::folder;

namespace {

std::vector<std::filesystem::path> golden_stores() {
    std::vector<std::filesystem::path> all;
    for (const auto& each : std::filesystem::directory_iterator(ACTA_TESTS_DIR "/golden"))
        if (each.path().extension() == ".acta") all.push_back(each.path());
    std::sort(all.begin(), all.end());
    return all;
}

/// Runs a test on a copy of each golden store, so that none is ever changed.
template <class Test>
void on_each_golden_store(Test test) {
    REQUIRE(!golden_stores().empty());
    for (const std::filesystem::path& each : golden_stores()) {
        CAPTURE(each.filename().string());
        const folder here;
        std::filesystem::copy_file(each, here / "copy.acta");
        test(here / "copy.acta");
    }
}

std::vector<changed::line> diary_of(const acta::log& log) {
    acta::runner_of<changed::diary> run(log, ":memory:");
    run.catch_up();
    std::vector<changed::line> lines;
    const auto rows = run.read();
    for (const changed::line& each : rows->lines) lines.push_back(each);
    return lines;
}

}  // namespace

TEST_CASE("a golden store is read as it was written, read-only and read-write") {
    for (const std::filesystem::path& each : golden_stores()) {
        CAPTURE(each.filename().string());
        const folder here;
        std::filesystem::copy_file(each, here / "copy.acta");
        const std::string expected = tests::bytes_of_file(std::filesystem::path(each).replace_extension(".txt"));
        REQUIRE(!expected.empty());
        CHECK(golden::lines_of(acta::sqlite_log(here / "copy.acta", {.read_only = true})) == expected);
        CHECK(golden::lines_of(acta::sqlite_log(here / "copy.acta")) == expected);
    }
}

TEST_CASE("every type of payload in a golden store decodes to the value that was written") {
    on_each_golden_store([](const std::filesystem::path& store) {
        const acta::sqlite_log log(store, {.read_only = true});
        std::size_t next = 0;
        for (const acta::stored_event& event : log.read(acta::stream_name("types-all"))) {
            const acta::stored_type& type = log.type(event.type);
            auto paths =
                acta::paths_for({type.name, type.revision, type.fingerprint, type.layout_text}, acta::event_list_of<every_type::events>());
            REQUIRE(paths);
            REQUIRE(next < every_type::samples().size());
            std::visit(
                [&]<class E>(const E& expected) {
                    E found;
                    paths->front().read(event.payload, &found);
                    CHECK(found == expected);
                },
                every_type::samples()[next++]);
        }
        CHECK(next > 0);
    });
}

TEST_CASE("a golden store's old events are replayed as what they have become") {
    on_each_golden_store([](const std::filesystem::path& store) {
        const std::vector<changed::line> lines = diary_of(acta::sqlite_log(store, {.read_only = true}));
        REQUIRE(lines.size() > 5);
        CHECK(lines[0].words == "opened Lovelace, Ada");
        CHECK(lines[1].words == "fee 3, then deposit 100");
        CHECK(lines[2].words == "frozen for a debt");
        CHECK(lines[3].words == "opened Hopper, Grace");
        CHECK(lines[4].words == "deposit 20");
    });
}

TEST_CASE("a golden store is appended to, and what stood in it stays") {
    on_each_golden_store([](const std::filesystem::path& store) {
        std::string before;
        acta::position head = 0;
        {
            acta::sqlite_log log(store);
            before = golden::lines_of(log);
            head = log.head();
            REQUIRE(log.append(acta::stream_name("account-ada"), acta::exists, {changed::deposited{1}, changed::frozen{"the end"}}));
            REQUIRE(log.append(acta::stream_name("account-new"), acta::none, {changed::opened{"New", 1} | acta::tagged("owner", "new")}));
        }
        acta::sqlite_log log(store);
        CHECK(log.head() == head + 3);
        CHECK(golden::lines_of(log).starts_with(before));
        CHECK(diary_of(log).back().words == "opened New");
    });
}

TEST_CASE("a golden store still knows which commands it has answered, and how") {
    on_each_golden_store([](const std::filesystem::path& store) {
        acta::sqlite_log log(store, {.command_age = std::chrono::hours(24 * 365 * 100)});
        const auto answer = log.find_answer(golden::order);
        REQUIRE(answer);
        CHECK(answer->command == "account.deposit");
        CHECK(acta::iso8601(answer->recorded_at.time_since_epoch().count()).starts_with("2026-01-02T03:04:"));
        REQUIRE(answer->what.versions.size() == 1);
        CHECK(answer->what.version() == 303);

        acta::append_request again;
        again.writes.push_back({acta::stream_name("account-eve"), acta::any, {changed::deposited{1}}});
        again.id = golden::order;
        again.command = "account.deposit";
        const acta::position head = log.head();
        const acta::append_result twice = log.append(again);
        REQUIRE(twice);
        CHECK(twice->already_done);
        CHECK(twice->first_position == answer->what.first_position);
        CHECK(twice->answer.size() == 6);
        CHECK(log.head() == head);

        const auto refused = log.find_answer(golden::transfer);
        REQUIRE(refused);
        CHECK(refused->command == "account.withdraw");
        CHECK(refused->what.first_position == 0);
        CHECK(refused->what.answer.size() == 8);
        CHECK(!log.find_answer(acta::command_id("order-2")));
    });
}

TEST_CASE("a golden store's snapshot is what was kept") {
    on_each_golden_store([](const std::filesystem::path& store) {
        const auto found = acta::sqlite_log(store, {.read_only = true}).find_snapshot(acta::stream_name("account-ada"));
        REQUIRE(found);
        const acta::snapshot kept = golden::snapshot_of_ada();
        CHECK(found->version == kept.version);
        CHECK(found->position == kept.position);
        CHECK(found->fingerprint == kept.fingerprint);
        CHECK(found->data == kept.data);
    });
}
