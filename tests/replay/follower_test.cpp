#include <acta/replay/follower.hpp>
#include <acta/replay/status.hpp>

#include "support_poison.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace poison;
using namespace std::chrono_literals;

namespace {

auto in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

template <class Condition>
bool eventually(const Condition& met) {
    for (const auto deadline = in(5s); std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(1ms))
        if (met()) return true;
    return false;
}

/// A follower on a thread of its own.
struct following {
    acta::follower it;
    std::jthread thread;
    following(const acta::log& log, const std::filesystem::path& file, acta::follower_options how = {.run = quick()})
        : it(log, file, {&acta::abi_of<ledger>()}, std::move(how)), thread([this](const std::stop_token& stop) { it.run(stop); }) {}
};

}  // namespace

TEST_CASE("a follower makes its file, catches up, and then applies each event soon after it was appended") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const following one(log, dir / "models" / "l.db");
    CHECK(one.it.wait(log.head(), in(5s)));
    for (int i = 0; i < 20; ++i) {
        append(log, "ada", {bank::deposited{1}});
        CHECK(one.it.wait(log.head(), in(5s)));
    }
    CHECK(one.it.status().state == acta::follower_state::up_to_date);
    const acta::waited late = one.it.wait(log.head() + 1, in(20ms));
    CHECK(late.ended == acta::waited::how::timed_out);
    CHECK_MESSAGE(late.why.find("stands at position 83, not yet at 84") != std::string::npos, late.why);
}

TEST_CASE("who waits for an event that a dead letter keeps out hears of it") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    const deposits_of fault(107);
    const following one(log, dir / "l.db");
    CHECK(one.it.wait(log.head(), in(5s)));
    CHECK(one.it.wait(46, in(5s), "account-ada", 15));
    const acta::waited parked = one.it.wait(46, in(5s), "account-ada", 16);
    CHECK(parked.ended == acta::waited::how::parked);
    CHECK_MESSAGE(parked.why.find("account-ada") != std::string::npos, parked.why);
    CHECK(one.it.wait(46, in(5s), "account-ada", 17).ended == acta::waited::how::parked);
}

TEST_CASE("a second follower stands by, sees what the first one does, and takes over when it ends") {
    const scratch dir;
    acta::sqlite_log log(":memory:");
    fill(log, 10);
    auto first = std::make_unique<following>(log, dir / "l.db");
    CHECK(first->it.wait(log.head(), in(5s)));
    const following second(log, dir / "l.db");
    CHECK(second.it.wait(log.head(), in(5s)));
    CHECK(second.it.status().state == acta::follower_state::standing_by);
    first.reset();
    append(log, "ada", {bank::deposited{1}});
    CHECK(second.it.wait(log.head(), in(5s)));
    CHECK(acta::status_of(log, dir / "l.db", acta::clock::system()).holder);
    CHECK(eventually([&] { return second.it.status().state == acta::follower_state::up_to_date; }));
}
