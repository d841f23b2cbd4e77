// The log in one file: several processes at it, and what is left when they end, well or badly.
#include <doctest/doctest.h>

#include <unistd.h>

#include <fcntl.h>
#include <csignal>
#include <map>
#include <random>
#include <thread>

#include <acta/store/sqlite.hpp>

#include "child.hpp"
#include "reading.hpp"

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Every position once, every stream's versions without a gap.
void check_gapless(const acta::log& of, position head) {
    REQUIRE(of.head() == head);
    std::map<std::string, version> ends;
    position next = 0;
    for (const stored_event& event : of.read()) {
        REQUIRE(event.position == ++next);
        REQUIRE(event.version == ++ends[std::string(event.stream)]);
    }
    REQUIRE(next == head);
    for (const auto& [stream, end] : ends) REQUIRE(of.find_stream(stream_name(stream))->version == end);
}

/// Appends one event after the other, each where the stream then ends, and loads again after a conflict.
int append_each(acta::log& to, const stream_name& stream, int count) {
    int conflicts = 0;
    version end = 0;
    for (int i = 0; i < count;) {
        const auto answer = to.append(stream, exactly(end), {deposited{i}});
        if (answer) end = answer->version(), ++i;
        else end = answer.error().conflict.actual, ++conflicts;
    }
    return conflicts;
}

}  // namespace

TEST_CASE("a store is made where there is none, and found again") {
    const folder here;
    std::array<std::byte, 16> uuid{};
    {
        sqlite_log to(here / "bank.acta");
        uuid = to.uuid();
        REQUIRE(to.append(account("ada"), none, deposits(3)));
    }
    sqlite_log to(here / "bank.acta", {.create = false});
    CHECK(to.uuid() == uuid);
    CHECK(to.append(account("ada"), exactly(3), deposits(1))->first_position == 4);
    check_gapless(to, 4);
}

TEST_CASE("a store that was closed well is one file and its lock") {
    const folder here;
    {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(3)));
        (void)read_all(to);
    }
    CHECK(here.listing() == "bank.acta bank.acta.lock ");
    {
        sqlite_log to(here / "bank.acta");
        (void)read_all(to);
    }
    CHECK(here.listing() == "bank.acta bank.acta.lock ");
    std::filesystem::copy_file(here / "bank.acta", here / "copy.acta");
    CHECK(read_all(sqlite_log(here / "copy.acta")).size() == 3);
}

TEST_CASE("two processes that make the same store at once share one") {
    const folder here;
    for (int round = 0; round < 10; ++round) {
        const auto file = here / ("bank" + std::to_string(round) + ".acta");
        const auto work = [&](const child::voice& parent) {
            sqlite_log to(file);
            REQUIRE(to.append(account(std::to_string(::getpid())), none, deposits(1)));
            parent.tell(std::string(text_of(to.uuid())));
            return 0;
        };
        child one(work), two(work), three(work);
        CHECK(one.wait() == 0);
        CHECK(two.wait() == 0);
        CHECK(three.wait() == 0);
        check_gapless(sqlite_log(file), 3);
    }
    CHECK_FALSE(says(here.listing(), ".new-"));
}

TEST_CASE("what another process appends is seen by those who have the store open, its new types too") {
    const folder here;
    child other([&](const child::voice& parent) {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(2)));
        parent.tell("ready");
        while (to.head() < 3) std::this_thread::sleep_for(1ms);  // the parent's
        parent.tell(to.find_stream(account("bob")) ? "seen" : "not seen");
        REQUIRE(to.append(account("ada"), exactly(2), {withdrawn{1} | tagged("a", "b")}));
        parent.tell("appended");
        return 0;
    });
    REQUIRE(other.hear() == "ready");
    {
        sqlite_log to(here / "bank.acta");
        CHECK(to.head() == 2);
        CHECK(to.types().size() == 1);
        REQUIRE(to.append(account("bob"), none, {opened{"Bob"}}));
        REQUIRE(other.hear() == "seen");
        REQUIRE(other.hear() == "appended");
        CHECK(to.head() == 4);
        CHECK(to.find_stream(account("ada"))->version == 3);
        CHECK(read_all(to)[3].type == "account.withdrawn");
        CHECK(read_all(to)[3].tags == "a:b kind:debit ");
        CHECK_FALSE(to.append(account("ada"), exactly(2), deposits(1)));
        CHECK(to.append(account("ada"), exactly(3), {withdrawn{1}}));
        CHECK(other.wait() == 0);
    }
    check_gapless(sqlite_log(here / "bank.acta"), 5);
}

TEST_CASE("two processes that append to streams of their own both get through") {
    const folder here(std::filesystem::temp_directory_path());  // on a disk, where a commit takes its time
    sqlite_log(here / "bank.acta");
    const auto work = [&](const std::string& id) {
        return [&here, id](const child::voice& parent) {
            sqlite_log to(here / "bank.acta");
            const auto start = std::chrono::steady_clock::now();
            auto longest = start - start;
            for (int i = 0; i < 2'000; ++i) {
                const auto before = std::chrono::steady_clock::now();
                if (!to.append(account(id), exactly(i), {deposited{i}})) return 1;
                longest = std::max(longest, std::chrono::steady_clock::now() - before);
            }
            parent.tell(std::to_string((std::chrono::steady_clock::now() - start) / 1ms) + " ms, longest wait " + std::to_string(longest / 1ms) + " ms");
            return 0;
        };
    };
    child one(work("one")), two(work("two"));
    const auto of_one = one.hear(), of_two = two.hear();
    REQUIRE(of_one);
    REQUIRE(of_two);
    MESSAGE("one: " << *of_one << "; two: " << *of_two);
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    check_gapless(sqlite_log(here / "bank.acta"), 4'000);
}

TEST_CASE("two processes that append to one stream conflict, and lose nothing") {
    const folder here(std::filesystem::temp_directory_path());  // on a disk, where a commit takes its time
    sqlite_log(here / "bank.acta");
    const auto work = [&](const child::voice& parent) {
        sqlite_log to(here / "bank.acta");
        parent.tell(std::to_string(append_each(to, account("shared"), 2'000)));
        return 0;
    };
    child one(work), two(work);
    const auto of_one = one.hear(), of_two = two.hear();
    REQUIRE(of_one);
    REQUIRE(of_two);
    MESSAGE("conflicts: " << *of_one << " and " << *of_two);
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    const sqlite_log from(here / "bank.acta");
    check_gapless(from, 4'000);
    CHECK(from.streams(0, 10).size() == 1);
    std::vector<int> times(2'000);
    for (const stored_event& event : from.read()) {
        deposited stored;
        codec_of<deposited>().decode(event.payload, &stored);
        ++times[static_cast<std::size_t>(stored.cents)];
    }
    CHECK(std::all_of(times.begin(), times.end(), [](int n) { return n == 2; }));
}

TEST_CASE("who reads while another process writes sees a store without gaps at every moment") {
    const folder here;
    sqlite_log(here / "bank.acta");
    child writer([&](const child::voice&) {
        sqlite_log to(here / "bank.acta", {.checkpoint_pages = 20});
        for (int i = 0; i < 600; ++i)
            if (!to.append(account(std::to_string(i % 5)), any, deposits(static_cast<std::size_t>(1 + i % 7)))) return 1;
        return 0;
    });
    position seen = 0;
    {
        const sqlite_log from(here / "bank.acta", {.read_only = true});
        while (seen < 2'395) {
            position next = 0;
            for (const stored_event& event : from.read()) REQUIRE(event.position == ++next);
            REQUIRE(next >= seen);
            seen = next;
        }
        CHECK(writer.wait() == 0);
    }
    check_gapless(sqlite_log(here / "bank.acta"), 2'395);
}

TEST_CASE("what was acknowledged before kill -9 is there afterwards, and the store goes on") {
    const unsigned seed = std::random_device{}();
    MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const folder here;
    const auto file = here / "bank.acta";
    std::map<std::string, version> acknowledged;
    for (int cycle = 0; cycle < 14; ++cycle) {
        child writer([&](const child::voice& parent) -> int {
            sqlite_log to(file, {.checkpoint_pages = 10});
            std::mt19937 dice(seed + static_cast<unsigned>(cycle));
            for (;;) {
                const std::string id = std::to_string(dice() % 3);
                const auto answer = to.append(account(id), any, deposits(1 + dice() % 400));
                parent.tell(id + " " + std::to_string(answer->version()));
            }
        });
        for (auto lines = random() % 40; lines > 0; --lines) {
            const auto line = writer.hear();
            REQUIRE(line);
            acknowledged[line->substr(0, 1)] = std::stoll(line->substr(2));
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 3'000));
        writer.kill();
        while (const auto line = writer.hear()) acknowledged[line->substr(0, 1)] = std::stoll(line->substr(2));
        REQUIRE(writer.wait() == 128 + SIGKILL);
        if (!std::filesystem::exists(file)) continue;  // killed before it was made

        sqlite_log to(file);
        check_gapless(to, to.head());
        for (const auto& [id, end] : acknowledged) REQUIRE(to.find_stream(account(id))->version >= end);
        REQUIRE(to.append(account("after"), any, deposits(1)));
    }
    CHECK_FALSE(acknowledged.empty());
}

TEST_CASE("a write-ahead log that a killed writer left is read by one who may only read") {
    const folder here;
    child writer([&](const child::voice& parent) -> int {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(300)));
        parent.tell("done");
        for (;;) ::pause();
    });
    REQUIRE(writer.hear() == "done");
    writer.kill();
    writer.wait();
    check_gapless(sqlite_log(here / "bank.acta", {.read_only = true}), 300);
    check_gapless(sqlite_log(here / "bank.acta"), 300);
    CHECK(here.listing() == "bank.acta bank.acta.lock ");
}

TEST_CASE("a log that was open before a fork refuses to be used in the child, and the parent goes on") {
    const folder here;
    auto to = std::make_unique<sqlite_log>(here / "bank.acta");
    REQUIRE(to->append(account("ada"), none, deposits(2)));
    child forked([&](const child::voice& parent) {
        const auto code = [](auto&& call) { return std::string(to_string(thrown_by(call).code())) + " "; };
        page out;
        parent.tell(code([&] { (void)to->append(account("ada"), any, deposits(1)); }) + code([&] { to->read_page(nullptr, {}, out); }) + code([&] { (void)to->head(); }) +
                    code([&] { (void)to->find_stream(account("ada")); }) + code([&] { (void)to->types(); }) + code([&] { (void)to->streams(0, 1); }) +
                    code([&] { (void)to->checksum_at(1); }) + code([&] { (void)to->read(); }));
        parent.tell(thrown_by([&] { (void)to->head(); }).what());
        parent.tell(thrown_by([&] { sqlite_log again(here / "bank.acta"); }).what());
        to.reset();  // must touch nothing
        return 0;
    });
    CHECK(forked.hear() == "misuse misuse misuse misuse misuse misuse misuse misuse ");
    CHECK(says(forked.hear().value_or(""), "bank.acta"));
    CHECK(says(forked.hear().value_or(""), "bank.acta"));
    CHECK(forked.wait() == 0);
    CHECK(says(here.listing(), "bank.acta-wal"));
    REQUIRE(to->append(account("ada"), exactly(2), deposits(1)));
    check_gapless(*to, 3);
    to.reset();
    check_gapless(sqlite_log(here / "bank.acta"), 3);
}

TEST_CASE("a forked child that drops its copy of the log does not let others through the parent's turnstile") {
    const folder here;
    struct slow_clock final : clock {  // is asked inside the turnstile
        std::function<void()> before = [] {};
        timestamp now() const override {
            before();
            return clock::system().now();
        }
    } slow;
    auto to = std::make_unique<sqlite_log>(here / "bank.acta", options{.clock = &slow});
    REQUIRE(to->append(account("ada"), none, deposits(1)));
    slow.before = [&] {
        child forked([&](const child::voice&) {
            to.reset();
            return 0;
        });
        CHECK(forked.wait() == 0);
        child rival([&](const child::voice&) { return ::execl("/bin/sh", "sh", "-c", "exit 0", static_cast<char*>(nullptr)); });
        CHECK(rival.wait() == 0);
        child locked([&](const child::voice& parent) {
            const int fd = ::open((here / "bank.acta.lock").c_str(), O_RDWR);
            struct flock whole {};
            whole.l_type = F_WRLCK;
            parent.tell(::fcntl(fd, F_OFD_SETLK, &whole) == 0 ? "free" : "held");
            return 0;
        });
        CHECK(locked.hear() == "held");
    };
    REQUIRE(to->append(account("ada"), any, deposits(1)));
    slow.before = [] {};
}

TEST_CASE("processes that are forked from one that has appended never write the same nonce, nor make stores of the same identity") {
    const folder here;
    {
        sqlite_log first(here / "first.acta");
        REQUIRE(first.append(account("ada"), none, deposits(1)));
    }
    const auto work = [&](const std::string& name) {
        return [&here, name](const child::voice& parent) {
            std::string uuid;
            {
                sqlite_log to(here / name);
                for (int i = 0; i < 3; ++i) REQUIRE(to.append(account("ada"), any, deposits(1)));
                uuid = uuid_text(to.uuid());
            }
            parent.tell(uuid);
            parent.tell(shell(here / name).ask("SELECT group_concat(hex(substr(data, 2, 8)), ' ') FROM entry"));
            return 0;
        };
    };
    child one(work("one.acta")), two(work("two.acta"));
    for (int line = 0; line < 2; ++line) {
        const auto of_one = one.hear(), of_two = two.hear();
        REQUIRE(of_one);
        CHECK_FALSE(of_one->empty());
        CHECK(of_one != of_two);
    }
}

TEST_CASE("a store that somebody took out of WAL mode is not appended to, and still read") {
    const folder here;
    {
        sqlite_log to(here / "bank.acta");
        REQUIRE(to.append(account("ada"), none, deposits(3)));
    }
    REQUIRE(shell(here / "bank.acta").ask("PRAGMA journal_mode = DELETE") == "delete");
    const failure why = thrown_by([&] { sqlite_log(here / "bank.acta"); });
    CHECK(why.code() == errc::damaged);
    CHECK(says(why, "WAL"));
    CHECK(read_all(sqlite_log(here / "bank.acta", {.read_only = true})).size() == 3);
    REQUIRE(shell(here / "bank.acta").ask("PRAGMA journal_mode = WAL") == "wal");
    CHECK(sqlite_log(here / "bank.acta").append(account("ada"), exactly(3), deposits(1)));
}

TEST_CASE("a store that is open in this process already is refused: a second handle would drop the locks of the first") {
    const folder here;
    {
        sqlite_log first(here / "bank.acta");
        REQUIRE(first.append(account("ada"), none, deposits(1)));
        for (const bool read_only : {true, false}) {
            const failure why = thrown_by([&] { sqlite_log(here / "bank.acta", {.read_only = read_only}); });
            CHECK(why.code() == errc::misuse);
            CHECK(says(why, "bank.acta"));
        }
        sqlite_log other(here / "other.acta");
        REQUIRE(first.append(account("ada"), any, deposits(1)));
    }
    CHECK(read_all(sqlite_log(here / "bank.acta")).size() == 2);
    CHECK(thrown_by([&] { sqlite_log(here / "bank.acta", {.max_event_size = 1U << 30}); }).code() == errc::misuse);
    CHECK(read_all(sqlite_log(here / "bank.acta")).size() == 2);  // one that failed to open is forgotten
}

TEST_CASE("an append to a store whose file was replaced, moved or deleted stores nothing anywhere") {
    const folder here;
    {
        sqlite_log to(here / "other.acta");
        REQUIRE(to.append(account("other"), none, deposits(7)));
    }
    const std::string other = bytes_of_file(here / "other.acta");
    const std::vector<std::function<void()>> accidents{
        [&] { std::filesystem::rename(here / "other.acta", here / "bank.acta"); },
        [&] { std::filesystem::remove(here / "bank.acta"); },
        [&] { std::filesystem::rename(here / "bank.acta", here / "moved.acta"); },
    };
    for (const auto& accident : accidents) {
        {
            sqlite_log to(here / "bank.acta");
            REQUIRE(to.append(account("ada"), none, deposits(2)));
            accident();
            for (int i = 0; i < 2; ++i) {
                const failure why = thrown_by([&] { (void)to.append(account("ada"), any, deposits(1)); });
                CHECK(why.code() == errc::io);
                CHECK(says(why, "bank.acta"));
                CHECK(says(why, "nothing was stored"));
            }
            CHECK(to.head() == 2);
        }
        if (std::filesystem::exists(here / "bank.acta")) CHECK((bytes_of_file(here / "bank.acta") == other));
        for (const char* const name : {"bank.acta", "bank.acta-wal", "bank.acta-shm", "moved.acta"}) std::filesystem::remove(here / name);
    }
}

TEST_CASE("the write-ahead log stays small under a long load, also while another reads page by page") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.checkpoint_pages = 200});
    REQUIRE(to.append(account("0"), any, deposits(2'500)));
    cursor reading = to.read();
    auto at = reading.begin();
    std::uintmax_t largest = 0;
    for (int i = 0; i < 1'500; ++i) {
        REQUIRE(to.append(account(std::to_string(i)), any, deposits(100)));
        if (at != std::default_sentinel) ++at;
        largest = std::max(largest, std::filesystem::file_size(here / "bank.acta-wal"));
    }
    MESSAGE("largest " << largest / 1'024 << " KiB");
    CHECK(largest < 2'000 * 4'096);
    check_gapless(to, 152'500);
}

TEST_CASE("the write-ahead log shrinks again when the one who stood in its way is gone") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.checkpoint_pages = 50});
    REQUIRE(to.append(account("0"), any, deposits(1)));
    {
        shell reader(here / "bank.acta");
        REQUIRE(reader.run("BEGIN; SELECT count(*) FROM entry") == "");
        for (int i = 0; i < 300; ++i) REQUIRE(to.append(account(std::to_string(i)), any, deposits(50)));
        CHECK(std::filesystem::file_size(here / "bank.acta-wal") > 200 * 4'096);
        CHECK(reader.ask("SELECT count(*) FROM entry") == "1");
    }
    for (int i = 0; i < 300; ++i) REQUIRE(to.append(account(std::to_string(i)), any, deposits(1)));
    shell sqlite(here / "bank.acta");
    CHECK(std::stoi(sqlite.ask("SELECT 1")) == 1);
    check_gapless(to, 1 + 300 * 51);
}

TEST_CASE("a store in memory is opened to write, and options that make no sense are refused") {
    CHECK(thrown_by([] { sqlite_log(":memory:", {.read_only = true}); }).code() == errc::misuse);
    CHECK(thrown_by([] { sqlite_log(":memory:", {.max_event_size = (64U << 20) + 1}); }).code() == errc::misuse);
    CHECK(thrown_by([] { sqlite_log(":memory:", {.vfs = "no such vfs"}); }).code() == errc::io);
}

TEST_CASE("times and sizes of any length are taken for what they mean") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.busy_timeout = std::chrono::hours(24 * 365 * 100), .checkpoint_pages = std::numeric_limits<std::size_t>::max()});
    REQUIRE(to.append(account("0"), any, deposits(1)));
    for (int i = 0; i < 30; ++i) REQUIRE(to.append(account("0"), any, deposits(256)));
    CHECK(std::filesystem::file_size(here / "bank.acta-wal") > 30 * 4'096);  // never copied back meanwhile
    shell rival(here / "bank.acta");
    REQUIRE(rival.run("BEGIN IMMEDIATE") == "");
    std::thread later([&] {
        std::this_thread::sleep_for(100ms);
        CHECK(rival.run("ROLLBACK") == "");
    });
    CHECK(to.append(account("0"), any, deposits(1)));  // waits
    later.join();
}

TEST_CASE("a writer that another one keeps out is told so within its patience, and nothing is stored") {
    const folder here;
    sqlite_log to(here / "bank.acta", {.busy_timeout = 50ms});
    REQUIRE(to.append(account("0"), any, deposits(1)));
    {
        shell rival(here / "bank.acta");  // one who does not know of the turnstile
        REQUIRE(rival.run("BEGIN IMMEDIATE") == "");
        CHECK(thrown_by([&] { (void)to.append(account("0"), any, deposits(1)); }).code() == errc::busy);
        CHECK(to.head() == 1);
    }
    CHECK(to.append(account("0"), exactly(1), deposits(1)));
}
