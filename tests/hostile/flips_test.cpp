// One bit of a store turned over, in every byte of it: what is told is what was written, or a complaint; what is hidden, verify finds.
#include "judging.hpp"
#include "support/campaign.hpp"

#include <doctest/doctest.h>

#include <sys/time.h>
#include <unistd.h>
#include <csignal>

using namespace acta;
using namespace tests;

namespace {

/// Ends the test program when what follows in this scope takes longer than any use of so small a store can.
class guard_against_hanging {
public:
    guard_against_hanging() {
        for (const int each : {SIGPROF, SIGALRM})
            std::signal(each, [](int) {
                const char text[] = "a damaged store hangs whoever uses it\n";
                [[maybe_unused]] const auto written = ::write(2, text, sizeof text - 1);
                std::abort();
            });
        set(5, 15);
    }
    guard_against_hanging(const guard_against_hanging&) = delete;
    guard_against_hanging& operator=(const guard_against_hanging&) = delete;
    ~guard_against_hanging() { set(0, 0); }

private:
    /// In seconds. On a busy machine work takes longer by the clock.
    static void set(time_t of_work, unsigned by_the_clock) {
        const itimerval work{{}, {of_work, 0}};
        ::setitimer(ITIMER_PROF, &work, nullptr);
        ::alarm(by_the_clock);
    }
};

/// A store, and which bit of it a seed turns over: as many seeds in a row as it has bytes meet each byte once.
struct stand {
    folder here;
    std::filesystem::path store = here / "bank.acta";
    written good = make_store(store);
    std::string whole = bytes_of_file(store);

    std::size_t byte_of(std::uint64_t seed) const { return seed % whole.size() * 7'919 % whole.size(); }
    static unsigned bit_of(std::uint64_t seed) { return static_cast<unsigned>(std::mt19937_64(seed)() % 8); }
};

struct judged_flips {
    std::size_t refused = 0, harmless = 0, hidden = 0;
};

/// Turns a bit over, and requires that whoever reads is told what was written or gets a sentence, or verify() finds what is hidden.
void judge_flip(const stand& in, std::size_t byte, unsigned bit, judged_flips& all) {
    flip_bit(in.store, byte, bit);
    try {
        const guard_against_hanging guard;
        const sqlite_log log(in.store, {.create = false, .read_only = true});
        const bool told = tells_all(log, in.good) && log.head() == static_cast<position>(in.good.events.size());
        ++(told ? all.harmless : all.hidden);
        if (!told) REQUIRE_FALSE(log.verify().sound());
    } catch (const failure& why) {
        const std::string said = why.what();
        CAPTURE(said);
        REQUIRE(is_sentence(said, in.store));
        REQUIRE(is_code_for_stored_bytes(why.code()));
        ++all.refused;
    } catch (const std::runtime_error& wrong) { FAIL(std::string(wrong.what())); }
    flip_bit(in.store, byte, bit);
}

version end_of(const std::vector<seen>& events, const stream_name& stream) {
    version end = 0;
    for (const seen& one : events)
        if (one.stream == stream.text()) end = one.version;
    return end;
}

/// Turns a bit over, and requires that an append is refused, or stored where it belongs.
void judge_append(const stand& in, std::size_t byte, unsigned bit, const stream_name& stream) {
    flip_bit(in.store, byte, bit);
    try {
        const guard_against_hanging guard;
        sqlite_log to(in.store);
        const version end = end_of(in.good.events, stream);
        if (const auto answer = to.append(stream, exactly(end), {withdrawn{1} | tagged("month", "1")})) {
            CHECK(answer->version() == end + 1);
            std::vector<seen> all = read_all(to);  // by position: a damaged index may hide it from those who read its stream
            REQUIRE(all.size() == static_cast<std::size_t>(answer->last_position));
            CHECK(all.back().stream == stream.text());
            CHECK(all.back().version == end + 1);
            CHECK(all.back().tags == "kind:debit month:1 ");
            CHECK(all.back().type == "account.withdrawn");
            all.pop_back();
            CHECK(all == in.good.events);
        }
    } catch (const failure& why) { REQUIRE(is_sentence(why.what(), in.store)); }
    for (const char* const side : {"bank.acta-wal", "bank.acta-shm"}) std::filesystem::remove(in.here / side);
    write_file(in.store, in.whole);
}

}  // namespace

TEST_CASE("a bit of any byte of a store turned over is refused with a sentence, or all that is told was written, and verify finds what is "
          "hidden") {
    const stand in;
    REQUIRE(in.whole.size() >= 65'536);
    REQUIRE(in.whole.size() % 7'919 != 0);
    campaign run(in.whole.size());
    MESSAGE("seed " << run.seed());
    judged_flips all;
    do {
        const std::size_t byte = in.byte_of(run.seed_of_round());
        const unsigned bit = in.bit_of(run.seed_of_round());
        INFO("seed " << run.seed_of_round() << ": bit " << bit << " of byte " << byte);
        judge_flip(in, byte, bit, all);
    } while (run.next());
    CHECK((bytes_of_file(in.store) == in.whole));  // reading changes nothing
    if (sanitized) MESSAGE("under a sanitizer a tenth of the bytes");
    MESSAGE(run.rounds_done() << " flips in " << in.whole.size() << " bytes: " << all.refused << " refused, " << all.harmless
                              << " harmless, " << all.hidden << " hid something");
    CHECK(all.refused > 0);
    CHECK(all.hidden * 50 < all.refused + all.harmless);  // what a damaged index hides, only a look at everything can find
}

TEST_CASE("each bit before the bytes of the newest entry, where its position stands, is turned over to the same end") {
    const stand in;
    const std::string newest = shell(in.store).ask("SELECT hex(data) FROM entry ORDER BY last_position DESC LIMIT 1");
    std::string data;
    for (std::size_t i = 0; i < newest.size(); i += 2) data += static_cast<char>(std::stoi(newest.substr(i, 2), nullptr, 16));
    const std::size_t at = in.whole.find(data.substr(0, 64));  // the rest may stand on other pages
    REQUIRE(at != std::string::npos);
    judged_flips all;
    for (std::size_t byte = at - 24; byte < at; ++byte)
        for (unsigned bit = 0; bit < 8; ++bit) {
            INFO("bit " << bit << " of byte " << byte);
            judge_flip(in, byte, bit, all);
            judge_append(in, byte, bit, account("0"));
        }
    CHECK(all.refused > 100);
}

TEST_CASE("that comparison finds each thing that is told otherwise, and what is not told") {
    const stand in;
    const sqlite_log log(in.store, {.read_only = true});
    CHECK(tells_all(log, in.good));
    const auto check_found = [&](const char* sentence, const std::function<void(written&)>& change) {
        written other = in.good;
        change(other);
        CHECK_THROWS_WITH_AS((void)tells_all(log, other), sentence, std::runtime_error);
    };
    check_found("an event is another one", [](written& of) { of.events[20].payload += 'x'; });
    check_found("an event is another one", [](written& of) { of.events.pop_back(); });
    check_found("a type is another one", [](written& of) { of.types[1] += ' '; });
    check_found("an answer is another one", [](written& of) { of.answers[3].what.command = "other"; });
    check_found("an answer is another one", [](written& of) { ++of.answers[3].what.what.first_position; });
    check_found("an answer is another one", [](written& of) { of.answers[3].what.what.versions[0] = 1; });
    check_found("an answer is another one", [](written& of) { of.answers[3].what.what.answer[0] = {}; });
    check_found("an answer is another one", [](written& of) { of.answers[3].what.recorded_at += std::chrono::microseconds(1); });
    check_found("a snapshot is another one", [](written& of) { ++of.snapshots.back().what.position; });
    check_found("a snapshot is another one", [](written& of) { of.snapshots.back().what.data[1] = {}; });

    written more = in.good;
    more.answers.push_back({command_id("not there"), in.good.answers[0].what});
    CHECK_FALSE(tells_all(log, more));
    more = in.good;
    more.snapshots.push_back({1, {account("large"), 1, 1, 7, {}}});
    CHECK_FALSE(tells_all(log, more));
}

TEST_CASE("an append behind a flipped bit is refused, or stored where it belongs") {
    const stand in;
    campaign run(400);
    MESSAGE("seed " << run.seed());
    do {
        const std::size_t byte = in.byte_of(run.seed_of_round());
        const unsigned bit = in.bit_of(run.seed_of_round());
        INFO("seed " << run.seed_of_round() << ": bit " << bit << " of byte " << byte);
        judge_append(in, byte, bit, account(std::to_string(run.seed_of_round() % 3)));
    } while (run.next());
}
