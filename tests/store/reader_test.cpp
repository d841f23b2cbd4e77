// Reading a damaged store: a sentence, or exactly what was written.
#include <acta/store/sqlite.hpp>

#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/checksum.hpp>
#include <store/database.hpp>
#include <store/entry.hpp>
#include <store/names.hpp>

#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <random>

using namespace acta;
using namespace tests;

namespace {

/// Everything that a log tells, by every way of asking.
struct all_of {
    std::vector<seen> forward, backward;
    std::vector<std::vector<seen>> streams, turned_streams;
    std::vector<std::string> ends, types;
    position head = 0;
    std::array<std::byte, 16> uuid{};
    friend bool operator==(const all_of&, const all_of&) = default;
};

all_of read_every_way(const acta::log& from) {
    all_of out;
    out.uuid = from.uuid();
    out.head = from.head();
    out.forward = read_all(from);
    out.backward = read_all(from, {.direction = direction::backward});
    for (const stream_info& stream : from.streams(0, 1'000)) {
        out.ends.push_back(stream.name.text() + "@" + std::to_string(stream.version) + "@" + std::to_string(stream.position));
        out.streams.push_back(read_all(from, stream.name));
        out.turned_streams.push_back(read_all(from, stream.name, {.direction = direction::backward}));
        const auto found = from.find_stream(stream.name);
        if (!found || found->version != stream.version) out.ends.emplace_back("listed and found are two things");
    }
    for (const stored_type& type : from.types()) out.types.push_back(type.name + " " + type.layout_text);
    return out;
}

bool begins_with(const std::vector<seen>& all, const std::vector<seen>& part) {
    return part.size() <= all.size() && std::equal(part.begin(), part.end(), all.begin());
}

/// Nothing was found that was not written so, but something is missing at an end: what an index can hide that has lost a row.
bool only_less(const all_of& found, const all_of& written) {
    std::vector<seen> turned(found.forward.rbegin(), found.forward.rend());
    if (found.uuid != written.uuid || found.types != written.types || !begins_with(written.forward, found.forward) ||
        found.backward != turned)
        return false;
    for (std::size_t i = 0; i < found.streams.size(); ++i) {
        turned.assign(found.streams[i].rbegin(), found.streams[i].rend());
        if (i >= written.streams.size() || !begins_with(written.streams[i], found.streams[i]) || found.turned_streams[i] != turned)
            return false;
    }
    return true;
}

/// Some of everything, in one clean file.
void make(const std::filesystem::path& file) {
    sqlite_log to(file);
    metadata shared;
    shared.with_actor("teller").with_correlation(command_id::make());
    for (int i = 0; i < 40; ++i)
        REQUIRE(to.append(account(std::to_string(i % 9)), any,
                          {opened{"somebody"}, withdrawn{i} | with("reason", "fee") | tagged("month", std::to_string(i % 5)), deposited{i}},
                          shared));
    REQUIRE(to.append(account("7"), any, deposits(300)));
    REQUIRE(to.append(account("8"), any, {attached{std::vector<std::byte>(6'000, std::byte{7})}}));  // over several pages
}

/// Every way of reading everything meets the damage.
void check_found(const std::filesystem::path& file, std::string_view sentence) {
    const sqlite_log from(file);
    for (const direction way : {direction::forward, direction::backward}) {
        const failure why = thrown_by([&] { (void)read_all(from, {.direction = way}); });
        const std::string said = why.what();
        CAPTURE(said);
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, sentence));
        CHECK(says(why, file.filename().string()));
    }
}

/// One more entry of one event, as somebody who knows the format would forge it.
void forge(const std::filesystem::path& file, std::int64_t last_position, std::int64_t stream, std::int64_t last_version,
           const detail::entry_event& event) {
    const detail::connection on(file.string(), SQLITE_OPEN_READWRITE, "", "forger");
    sqlite3_db_config(on.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    detail::stream_names names(on);
    std::vector<std::byte> data;
    detail::write_entry(data, {names.at(stream), last_position, last_version, 1}, 1, {}, std::span(&event, 1));
    detail::statement(on, "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, 1, ?)")
        .bind(1, last_position)
        .bind(2, stream)
        .bind(3, last_version)
        .bind(4, data)
        .finish();
}

/// What a damaged index hides from who reads, a look at everything finds.
void check_verify_complains(const std::filesystem::path& file) {
    const verified all = sqlite_log(file, {.read_only = true}).verify();
    CHECK(!all.sound());
}

/// Ends the test program when what follows in this scope takes longer than any reading of so small a store can.
class guard_against_hanging {
public:
    guard_against_hanging() {
        std::signal(SIGALRM, [](int) {
            const char text[] = "reading a damaged store hangs\n";
            [[maybe_unused]] const auto written = ::write(2, text, sizeof text - 1);
            std::abort();
        });
        ::alarm(60);
    }
    guard_against_hanging(const guard_against_hanging&) = delete;
    guard_against_hanging& operator=(const guard_against_hanging&) = delete;
    ~guard_against_hanging() { ::alarm(0); }
};

}  // namespace

TEST_CASE("one bit turned over anywhere in a store is refused with a sentence, or nothing is read that was not written") {
    const unsigned seed = std::random_device{}();
    const bool thorough = std::getenv("ACTA_TEST_EVERY_BYTE") != nullptr;  // else every 32nd, others each time
    std::mt19937 random(seed);
    const folder here;
    const auto file = here / "bank.acta";
    make(file);
    const all_of written = read_every_way(sqlite_log(file, {.read_only = true}));
    const std::string whole = bytes_of_file(file);

    std::size_t refused = 0, harmless = 0, hidden = 0;
    const std::size_t step = thorough ? 1 : 32;
    for (std::size_t byte = random() % step; byte < whole.size(); byte += step) {
        const auto bit = static_cast<unsigned>(random() % 8);
        CAPTURE(byte);
        CAPTURE(bit);
        flip_bit(file, byte, bit);
        try {
            const guard_against_hanging guard;
            const all_of found = read_every_way(sqlite_log(file, {.read_only = true}));
            if (found == written) ++harmless;
            else if (only_less(found, written)) ++hidden, check_verify_complains(file);
            else FAIL("something else than what was written was read");
        } catch (const failure& why) {
            REQUIRE(says(why, "bank.acta"));
            ++refused;
        }
        REQUIRE(std::filesystem::file_size(file) == whole.size());  // reading changes nothing
        flip_bit(file, byte, bit);
    }
    CHECK((bytes_of_file(file) == whole));
    MESSAGE("seed " << seed << std::string(thorough ? ", every byte of " : ", one byte in 32 of ") << whole.size() << ": " << refused
                    << " flips refused, " << harmless << " harmless, " << hidden << " hid rows of an index");
    CHECK(refused > 0);
    CHECK(hidden * 100 < refused + harmless);  // what a damaged index hides, only a look at everything can find
}

TEST_CASE("an append behind a flipped bit is refused, or stored where it belongs") {
    const unsigned seed = std::random_device{}();
    MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const folder here;
    const auto file = here / "bank.acta";
    make(file);
    const all_of written = read_every_way(sqlite_log(file, {.read_only = true}));
    const std::string whole = bytes_of_file(file);
    for (int round = 0; round < 400; ++round) {
        const std::size_t byte = random() % whole.size();
        const auto bit = static_cast<unsigned>(random() % 8);
        CAPTURE(byte);
        CAPTURE(bit);
        flip_bit(file, byte, bit);
        try {
            const guard_against_hanging guard;
            sqlite_log to(file);
            const stream_name stream = account(std::to_string(round % 9));
            const version end = written.streams[static_cast<std::size_t>(round % 9)].back().version;
            if (const auto answer = to.append(stream, exactly(end), {withdrawn{1} | tagged("month", "1")})) {
                CHECK(answer->version() == end + 1);
                const auto all = read_all(to);  // by position: a damaged index may hide it from those who read its stream
                REQUIRE(all.size() == static_cast<std::size_t>(answer->last_position));
                CHECK(begins_with(all, written.forward));
                CHECK(all.back().stream == stream.text());
                CHECK(all.back().version == end + 1);
                CHECK(all.back().tags == "kind:debit month:1 ");
                CHECK(all.back().type == "account.withdrawn");
            }
        } catch (const failure& why) { REQUIRE(says(why, "bank.acta")); }
        for (const char* const side : {"bank.acta-wal", "bank.acta-shm"}) std::filesystem::remove(here / side);
        write_file(file, whole);
    }
}

TEST_CASE("a missing entry is found from both sides, also at the beginning") {
    for (const int which : {1, 2, 20}) {
        CAPTURE(which);
        const folder here;
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").disarm().run("DELETE FROM entry WHERE last_position = 3 * " + std::to_string(which)) == "");
        check_found(here / "bank.acta", "missing");
        const sqlite_log from(here / "bank.acta");
        const stream_name stream = account(std::to_string((which - 1) % 9));
        CHECK(thrown_by([&] { (void)read_all(from, stream); }).code() == errc::damaged);
        CHECK(thrown_by([&] { (void)read_all(from, stream, {.direction = direction::backward}); }).code() == errc::damaged);
    }
}

TEST_CASE("entries that were exchanged, moved to another stream or stamped anew are found") {
    for (const char* const change :
         {"UPDATE entry SET data = (SELECT data FROM entry WHERE last_position = 6) WHERE last_position = 3",
          "UPDATE entry SET stream = 2, last_version = 1000 WHERE last_position = 3",
          "UPDATE entry SET recorded_at = recorded_at + 1 WHERE last_position = 3",
          "UPDATE entry SET last_version = 2 WHERE last_position = 3", "UPDATE entry SET stream = 999 WHERE last_position = 3",
          "UPDATE entry SET stream = 9223372036854775807 WHERE last_position = 3",
          "UPDATE entry SET last_position = 2 WHERE last_position = 3", "UPDATE entry SET data = x'' WHERE last_position = 3",
          "UPDATE entry SET data = zeroblob(1000000) WHERE last_position = 3"}) {
        CAPTURE(change);
        const folder here;
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").disarm().run(change) == "");
        check_found(here / "bank.acta", "");
    }
}

TEST_CASE("an index that leads to another stream is found by who reads, asks and appends") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(
        shell(here / "bank.acta")
            .run_on_index(
                "sqlite_autoindex_stream_1", "name TEXT, id INTEGER, PRIMARY KEY (name, id)",
                "DELETE FROM bare WHERE name IN ('account-0', 'account-1'); INSERT INTO bare VALUES ('account-0', 2), ('account-1', 1)") ==
        "");
    sqlite_log to(here / "bank.acta");
    const std::vector<std::function<void()>> ways{[&] { (void)to.find_stream(account("0")); }, [&] { (void)read_all(to, account("0")); },
                                                  [&] { (void)to.append(account("0"), any, deposits(1)); }};
    for (const auto& way : ways) {
        const failure why = thrown_by(way);
        CHECK(why.code() == errc::damaged);
        CHECK(says(why, "account-0"));
    }
    CHECK(to.append(account("2"), any, deposits(1)));
}

TEST_CASE("a stream whose entries an index hides is damage, not an empty stream") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(shell(here / "bank.acta")
                .run_on_index("entry_stream", "stream INTEGER, last_version INTEGER, id INTEGER, PRIMARY KEY (stream, last_version, id)",
                              "DELETE FROM bare WHERE stream = 1") == "");
    sqlite_log to(here / "bank.acta");
    CHECK(thrown_by([&] { (void)to.find_stream(account("0")); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)read_all(to, account("0")); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)to.streams(0, 10); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)to.append(account("0"), any, deposits(1)); }).code() == errc::damaged);
    CHECK(to.append(account("1"), any, deposits(1)));
}

TEST_CASE("an index that counts versions wrong is found by who asks where a stream ends") {
    const folder here;
    make(here / "bank.acta");
    REQUIRE(shell(here / "bank.acta")
                .run_on_index("entry_stream", "stream INTEGER, last_version INTEGER, id INTEGER, PRIMARY KEY (stream, last_version, id)",
                              "UPDATE bare SET last_version = last_version + 1 WHERE stream = 1 AND last_version = (SELECT "
                              "max(last_version) FROM bare WHERE stream = 1)") == "");
    sqlite_log to(here / "bank.acta");
    CHECK(thrown_by([&] { (void)to.find_stream(account("0")); }).code() == errc::damaged);
    CHECK(thrown_by([&] { (void)to.append(account("0"), any, deposits(1)); }).code() == errc::damaged);
}

TEST_CASE("an entry that is whole and yet cannot be is refused") {
    const folder here;
    const auto file = here / "bank.acta";
    const std::vector<std::uint64_t> no_such_tag{12'345}, largest_tag{std::numeric_limits<std::uint64_t>::max()};
    const auto check = [&](const char* what, std::string_view sentence, std::int64_t ahead, const detail::entry_event& event) {
        CAPTURE(what);
        make(file);
        const position head = sqlite_log(file, {.read_only = true}).head();
        const version end = sqlite_log(file, {.read_only = true}).find_stream(account("0"))->version;
        forge(file, head + ahead, 1, end + 1, event);
        check_found(file, sentence);
        CHECK(read_all(sqlite_log(file), {.until = head}).size() == static_cast<std::size_t>(head));
        std::filesystem::remove(file);
    };
    check("a type that no catalogue has", "catalogue", 1, {4'000'000'000, {}, {}, {}});
    check("a tag that is not there", "tag", 1, {1, no_such_tag, {}, {}});
    check("the largest tag", "tag", 1, {1, largest_tag, {}, {}});
    check("a gap before it", "missing", 2, {1, {}, {}, {}});
    check("a position without end", "", std::numeric_limits<std::int64_t>::max() - 1'000, {1, {}, {}, {}});
}

TEST_CASE("nothing is appended behind an entry that is not what was written") {
    const folder here;
    const auto file = here / "bank.acta";
    for (const char* const change :
         {"UPDATE entry SET data = x'00' WHERE last_position = (SELECT max(last_position) FROM entry)",
          "UPDATE entry SET last_position = 9223372036854775807 WHERE last_position = (SELECT max(last_position) FROM entry)",
          "UPDATE entry SET stream = 77 WHERE last_position = (SELECT max(last_position) FROM entry)",
          "INSERT INTO tag VALUES (9223372036854775807, 'a:b', 0)", "INSERT INTO stream VALUES (9223372036854775807, 'account-x', NULL, 0)",
          "UPDATE stream SET checksum = 1 WHERE name = 'account-3'",
          "UPDATE entry SET data = x'00' WHERE last_position = (SELECT max(last_position) FROM entry WHERE stream = 4)",
          "UPDATE tag SET checksum = 1 WHERE name = 'month:1'"}) {
        CAPTURE(change);
        make(file);
        REQUIRE(shell(file).disarm().run(change) == "");
        const std::string count = shell(file).ask("SELECT count(*) FROM entry");
        {
            sqlite_log to(file);
            const failure why = thrown_by([&] { (void)to.append(account("3"), any, {withdrawn{1} | tagged("month", "1")}); });
            CHECK(why.code() == errc::damaged);
            CHECK(says(why, "bank.acta"));
        }
        CHECK(shell(file).ask("SELECT count(*) FROM entry") == count);
        std::filesystem::remove(file);
    }
}
