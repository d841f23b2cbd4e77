// What happens inside a write transaction: what conditions cost at most, and that one bad append of a group hurts nobody else.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/schema.hpp>
#include <store/writer.hpp>

using namespace acta;
using namespace tests;

namespace {

/// A writer on a store in memory.
detail::writer lonely_writer(const options& how = {}) {
    return {[] {
                detail::connection on(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "", "bank.acta");
                detail::make_store(on, command_id::uuid{}, 0);
                return on;
            },
            detail::turnstile(), how};
}

errc code_of(const std::exception_ptr& error) {
    return thrown_by([&] { std::rethrow_exception(error); }).code();
}

}  // namespace

TEST_CASE("of a group of appends one that cannot be stored fails alone, wherever it stands") {
    for (std::size_t bad = 0; bad < 4; ++bad) {
        detail::writer to = lonely_writer();
        std::vector<append_request> requests;
        for (std::size_t i = 0; i < 4; ++i) requests.push_back(request(account(std::to_string(i)), none, {deposited{1}}));
        const std::vector<append_request> mismatch{request(account("x"), none, {opened{"x"}}),
                                                   request(account("y"), none, {deposited_changed{}})};
        const append_request first = request(account("first"), none, {deposited{0}});
        std::vector<detail::append_job> jobs;
        jobs.push_back({std::span(&first, 1)});
        for (std::size_t i = 0; i < 4; ++i)
            jobs.push_back({i == bad ? std::span<const append_request>(mismatch) : std::span(&requests[i], 1)});
        std::vector<detail::append_job*> group;
        for (detail::append_job& one : jobs) group.push_back(&one);
        to.write([&](bool) { return std::span<detail::append_job* const>(group); });
        position next = 1;
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            if (i == bad + 1) {
                REQUIRE(jobs[i].error);
                CHECK(code_of(jobs[i].error) == errc::layout_mismatch);
                CHECK(jobs[i].answers.empty());
            } else {
                REQUIRE(jobs[i].answers.size() == 1);
                CHECK(jobs[i].answers.front()->first_position == next++);
            }
        }
        CHECK(to.on().number("SELECT count(*) FROM entry") == 4);
        CHECK(to.on().number("SELECT count(*) FROM event_type") == 1);
    }
}

TEST_CASE("a group of which several cannot be stored stores all others, those between them together") {
    detail::writer to = lonely_writer();
    const append_request good = request(account("a"), any, {deposited{1}}), bad = request(account("b"), any, {deposited_changed{}});
    std::vector<detail::append_job> jobs;
    for (int i = 0; i < 30; ++i) jobs.push_back({std::span(i % 10 == 5 ? &bad : &good, 1)});
    std::vector<detail::append_job*> group;
    for (detail::append_job& one : jobs) group.push_back(&one);
    to.write([&](bool) { return std::span<detail::append_job* const>(group); });
    for (std::size_t i = 0; i < jobs.size(); ++i) CHECK(bool(jobs[i].error) == (i % 10 == 5));
    CHECK(to.on().number("SELECT count(*) FROM entry") == 27);
}

TEST_CASE("a conflict in a group fails its own request alone") {
    detail::writer to = lonely_writer();
    const std::vector<append_request> requests{request(account("a"), none, {deposited{1}}), request(account("a"), none, {deposited{2}}),
                                               request(account("a"), exactly(1), {deposited{3}})};
    std::vector<detail::append_job> jobs;
    for (const append_request& one : requests) jobs.push_back({std::span(&one, 1)});
    std::vector<detail::append_job*> group{&jobs[0], &jobs[1], &jobs[2]};
    to.write([&](bool) { return std::span<detail::append_job* const>(group); });
    CHECK(jobs[0].answers.front());
    CHECK(jobs[1].answers.front().error().conflict.actual == 1);
    CHECK(jobs[2].answers.front()->first_position == 2);
}

TEST_CASE("a condition without a tag may look back a hundred thousand events and no further") {
    sqlite_log log(":memory:");
    std::vector<append_request> bulk(401, request(account("ada"), any, deposits(256)));
    for (const auto& answer : log.append_all(bulk)) REQUIRE(answer);
    const position head = log.head();
    const query withdrawals{{matching<withdrawn>()}};
    CHECK(log.append(account("ada"), fail_if(withdrawals, head - 100'000), {deposited{1}}));
    const failure why = thrown_by([&] { (void)log.append(account("ada"), fail_if(withdrawals, head - 100'001), {deposited{1}}); });
    CHECK(why.code() == errc::misuse);
    CHECK(says(why, "without a tag"));
    CHECK(says(why, "100002 events"));
    CHECK(log.append(account("ada"), fail_if({{matching(tag("kind", "debit"))}}, 0), {deposited{1}}));
}

TEST_CASE("a store whose clock is set back goes on stamping where it was, also after another open") {
    const folder here;
    manual_clock time(timestamp(std::chrono::hours(10)));
    REQUIRE(sqlite_log(here / "bank.acta", {.clock = &time}).append(account("ada"), any, {deposited{1}}));
    time.set(timestamp(std::chrono::hours(1)));
    sqlite_log log(here / "bank.acta", {.clock = &time});
    REQUIRE(log.append(account("ada"), any, {deposited{2}}));
    CHECK(read_all(log)[1].recorded_at == read_all(log)[0].recorded_at);
}
