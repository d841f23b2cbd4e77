// One log and many threads that append and read; run by the thread sanitizer too.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <thread>

using namespace acta;
using namespace tests;

namespace {

constexpr int writers = 8, rounds = 40;

/// Own stream, shared stream with the version last seen, both in one append, and a call that fails: in turns.
void write_some(acta::log& to, int number, std::atomic<int>& accepted_by_shared) {
    const stream_name own = account("own" + std::to_string(number)), shared = account("shared");
    version own_end = 0, shared_end = 0;
    for (int i = 0; i < rounds; ++i) {
        own_end = to.append(own, exactly(own_end), {deposited{i}, withdrawn{i} | tagged("writer", std::to_string(number))})->version();
        for (;;) {
            append_request both = request(shared, exactly(shared_end), {opened{std::to_string(number)}});
            both.writes.push_back({own, exactly(own_end), {deposited{i}}});
            const auto answer = to.append(both);
            shared_end = answer ? answer->versions[0] : answer.error().conflict.actual;
            if (!answer) continue;
            own_end = answer->versions[1];
            ++accepted_by_shared;
            break;
        }
        if (i % 10 == 0)
            CHECK(thrown_by([&] { (void)to.append(own, any, {attached{}, deposited_changed{}}); }).code() == errc::layout_mismatch);
    }
}

/// Sees a log without gaps whose events never change, until `done`.
void read_some(const acta::log& from, const std::atomic<bool>& done) {
    position seen_before = 0;
    while (!done) {
        const position head = from.head();
        position next = 0;
        std::map<std::string_view, version> ends;
        for (const stored_event& event : from.read({.until = head})) {
            if (event.position != ++next || from.type(event.type).name.empty()) FAIL_CHECK("a gap behind position " << next);
        }
        if (next < seen_before || next < head) FAIL_CHECK("events that were there before are gone");
        seen_before = next;
        version last = from.find_stream(account("shared")).value_or(stream_info{}).version;
        for (const stored_event& event : from.read(account("shared"), {.until = last, .direction = direction::backward}))
            if (event.version != last--) FAIL_CHECK("a gap before version " << last);
        (void)from.types();
        (void)from.streams(0, 5);
        if (head > 0 && !from.checksum_at(head)) FAIL_CHECK("the head has no checksum");
    }
}

}  // namespace

TEST_CASE("many threads append and read: every accepted version is there once, and no reader sees a gap") {
    on_each_store([](acta::log& to) {
        std::atomic<int> accepted{0};
        std::atomic<bool> done{false};
        std::vector<std::thread> readers, appenders;
        for (int i = 0; i < 2; ++i) readers.emplace_back([&] { read_some(to, done); });
        for (int i = 0; i < writers; ++i) appenders.emplace_back([&, i] { write_some(to, i, accepted); });
        for (std::thread& one : appenders) one.join();
        done = true;
        for (std::thread& one : readers) one.join();

        CHECK(accepted == writers * rounds);
        CHECK(to.find_stream(account("shared"))->version == writers * rounds);
        CHECK(to.head() == writers * rounds * 4);
        std::map<std::string, int> shared;
        for (const seen& event : read_all(to, account("shared"))) ++shared[event.payload];
        CHECK(shared.size() == writers);
        for (const auto& [payload, count] : shared) CHECK(count == rounds);
        for (int i = 0; i < writers; ++i) CHECK(to.find_stream(account("own" + std::to_string(i)))->version == rounds * 3);
        const auto all = read_all(to);
        for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(all[i].position == static_cast<position>(i) + 1);
        CHECK(to.types().size() == 3);
    });
}

TEST_CASE("logs are opened and closed by many threads at once, each its own") {
    const folder here;
    std::vector<std::thread> threads;
    std::atomic<int> winners{0};
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&, i] {
            for (int round = 0; round < 5; ++round) {
                sqlite_log own(here / (std::to_string(i) + ".acta"));
                if (!own.append(account("ada"), exactly(round), {deposited{round}})) FAIL_CHECK("a conflict");
            }
            try {
                sqlite_log same(here / "same.acta");
                ++winners;
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            } catch (const failure& why) {
                if (why.code() != errc::misuse) FAIL_CHECK(std::string(why.what()));
            }
        });
    for (std::thread& one : threads) one.join();
    CHECK(winners >= 1);
    CHECK(sqlite_log(here / "same.acta").head() == 0);
}

TEST_CASE("pages of several threads are their own") {
    sqlite_log to(":memory:");
    REQUIRE(to.append(account("ada"), none, deposits(3'000)));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            page own;
            for (int round = 0; round < 20; ++round) {
                to.read_page(nullptr, {.after = 100 * i, .until = 100 * i + 50}, own);
                if (own.events().size() != 50 || own.events().front().position != 100 * i + 1) FAIL_CHECK("another page");
            }
        });
    for (std::thread& one : threads) one.join();
}
