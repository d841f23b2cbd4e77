// Writers are killed at any moment with kill -9: what they were answered is stored, whole, once and in order, and nothing else is half there.
// A seed repeats what is sent, not the moment of a kill.
#include "last_words.hpp"
#include "store/open_file.hpp"
#include "store/turnstile.hpp"
#include "support/campaign.hpp"
#include "support/child.hpp"
#include "support/temporary.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

using namespace acta;
using namespace std::chrono_literals;
using namespace tests;

namespace {

/// Nobody waits longer for a turn: who waited for a dead process would fail.
constexpr auto patience = 2s;

/// Did the killed process leave a checkpoint half done? SQLite's index of the write-ahead log has how many frames it copied back, at 96, and how
/// many it set out to copy, at 128 (sqlite.org/walformat.html, 2.2); who finds frames when it opens the store sets them apart as well.
bool left_a_checkpoint(const std::filesystem::path& file) {
    std::array<char, 132> index{};
    std::ifstream in(file.string() + "-shm", std::ios::binary);
    return in.read(index.data(), index.size()) && std::memcmp(&index[96], &index[128], 4) != 0;
}

/// A store whose writers are killed, one after the other.
class deadly_store {
public:
    /// A seed is also where the numbers of its requests begin, so that each has others. `pages`: one of these is when a writer copies the
    /// write-ahead log back; `aims`: who kills it waits for that.
    deadly_store(std::uint64_t seed, std::vector<std::size_t> pages, bool aims = false)
        : random_(seed), next_thread_(static_cast<std::int64_t>(seed % (1U << 20)) << 16), pages_(std::move(pages)), aims_(aims) {}

    void live_and_die() {
        const std::int64_t first = take_numbers(4);
        const options how = chosen();
        const bool finds_frames = detail::wal_holds_pages(file());
        child writer([&](const child::voice& parent) {
            return send_until([] { return false; }, file(), how, first, [&](const std::string& line) { parent.tell(line); });
        });
        const bool opens = !aims_ && random_() % 4 == 0;  // else it is not killed before it has opened the store
        if (!opens) REQUIRE(writer.hear() == "open");
        const auto hear = [&](const std::string& line) { words.hear(line); };
        const auto moment = [&, after = std::chrono::microseconds(random_() % (aims_ ? 2'000 : 6'000))] {
            std::this_thread::sleep_for(after);
            const auto end = std::chrono::steady_clock::now() + 4ms;
            while (aims_ && !left_a_checkpoint(file()) && std::chrono::steady_clock::now() < end) {}
        };
        REQUIRE(writer.hear_and_kill(moment, hear) == 128 + SIGKILL);
        in_checkpoints += !opens && !finds_frames && left_a_checkpoint(file());
    }

    /// Opens what the killed one left, appends at once, and checks.
    void check(bool every_byte) {
        const auto start = std::chrono::steady_clock::now();
        sqlite_log log(file(), chosen());
        const teller hear = [&](const std::string& line) { words.hear(line); };
        sender(log, take_numbers(1), hear).call();
        longest = std::max(longest, std::chrono::steady_clock::now() - start);
        words.check(log);
        words.send_again(log);
        if (every_byte) REQUIRE(log.verify().findings == std::vector<std::string>{});
    }

    std::filesystem::path file() const { return here_ / "bank.acta"; }
    std::mt19937_64& random() { return random_; }
    std::int64_t take_numbers(std::int64_t threads) { return ((next_thread_ += threads) - threads) << bits_of_thread; }
    /// Whether it waits for the disk makes no difference to who is killed.
    options chosen() {
        return {.durability = random_() % 3 == 0 ? durability::process_crash : durability::full,
                .busy_timeout = patience,
                .checkpoint_pages = pages_[random_() % pages_.size()]};
    }

    last_words words;
    std::size_t in_checkpoints = 0;
    std::chrono::steady_clock::duration longest{};  ///< from a kill to the end of the next append

private:
    folder here_;
    std::mt19937_64 random_;
    std::int64_t next_thread_;
    std::vector<std::size_t> pages_;
    bool aims_;
};

struct told {
    std::size_t kills = 0, in_checkpoints = 0, acknowledged = 0, conflicts = 0, unheard = 0, unheard_but_stored = 0, sent_again = 0;
    std::chrono::steady_clock::duration longest{};

    void add(const deadly_store& of) {
        in_checkpoints += of.in_checkpoints;
        acknowledged += of.words.acknowledged(), conflicts += of.words.conflicts();
        unheard += of.words.unheard(), unheard_but_stored += of.words.unheard_but_stored();
        sent_again += of.words.sent_again();
        longest = std::max(longest, of.longest);
    }
    void say() const {
        MESSAGE(kills << " kills, " << in_checkpoints << " of them within a checkpoint; " << acknowledged << " requests acknowledged, "
                      << conflicts << " conflicts; " << unheard << " of unheard ending, " << unheard_but_stored << " of these stored; "
                      << sent_again << " sent again; the longest wait for an append after a kill " << longest / 1ms << " ms");
    }
};

constexpr std::size_t kills_of_one = 25;  // of each store

told kill_again_and_again(std::uint64_t stores, const std::vector<std::size_t>& pages, bool aims = false) {
    campaign run(stores);
    MESSAGE("seed " << run.seed());
    told all;
    do {
        CAPTURE(run.seed_of_round());
        deadly_store store(run.seed_of_round(), pages, aims);
        for (std::size_t i = 0; i < kills_of_one; ++i) {
            store.live_and_die();
            if (aims || store.random()() % 3 != 0) store.check(i % 10 == 0);  // else the next writer finds what this one left
        }
        store.check(true);
        store.check(true);
        all.kills += kills_of_one;
        all.add(store);
    } while (run.next());
    all.say();
    return all;
}

/// A writer that nobody kills. What it says is kept until it ends.
class survivor {
public:
    survivor(deadly_store& of, std::int64_t first_number)
        : stop_(of.file().string() + ".stop"),
          writer_([&of, first_number, how = of.chosen(), stop = stop_](const child::voice& parent) {
              return send_until([&] { return std::filesystem::exists(stop); }, of.file(), how, first_number,
                                [&](const std::string& line) { parent.tell(line); });
          }),
          listener_([this] {
              while (const auto line = writer_.hear()) lines_.push_back(*line), answers_ += !line->starts_with("send");
          }) {}
    survivor(const survivor&) = delete;
    survivor& operator=(const survivor&) = delete;
    ~survivor() { writer_.kill(); }  // where a check failed; the listener hears its end

    /// Waits until it has got further answers.
    void expect_more() const {
        const std::size_t before = answers_;
        const auto deadline = std::chrono::steady_clock::now() + 2 * patience;
        while (answers_ < before + 10) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            std::this_thread::sleep_for(100us);
        }
    }
    /// Lets it end, and repeats what it has said.
    void end(last_words& to) {
        write_file(stop_, "");
        listener_.join();
        REQUIRE(writer_.wait() == 0);
        for (const std::string& line : lines_) to.hear(line);
    }

private:
    std::filesystem::path stop_;
    child writer_;
    std::vector<std::string> lines_;
    std::atomic<std::size_t> answers_{0};
    std::jthread listener_;
};

/// Writers live and die until some requests are acknowledged; then a harm is done that a check has to find.
void harm_and_check(const std::function<void(deadly_store&)>& harm) {
    deadly_store store(std::random_device{}(), {100'000});
    while (store.words.acknowledged() < 50) store.live_and_die();
    harm(store);
    store.check(true);
}

/// A request that the oracle has heard of, but of no answer.
append_request announced(deadly_store& store, std::int64_t number) {
    store.words.hear("send " + std::to_string(number) + " -1 " + std::to_string(number));
    return make_request(number, rests_on_nothing);
}

}  // namespace

TEST_CASE("killed at any moment, a writer loses nothing that was acknowledged and tears nothing, and the next one gets in at once") {
    const told all = kill_again_and_again(20, {5, 15, 30, 4'000});
    CHECK(all.acknowledged > all.kills);
    CHECK((all.conflicts > 0 || all.acknowledged < 5'000));  // a loaded machine comes to few, and conflicts are rare
    CHECK(all.unheard_but_stored > 0);
    CHECK(all.unheard_but_stored < all.unheard);
    CHECK(all.sent_again > 0);
}

TEST_CASE("killed within a checkpoint of the write-ahead log, a writer loses and tears nothing either") {
    const told all = kill_again_and_again(4, {8, 20}, true);
    if (all.kills < 100) MESSAGE("too few kills to ask that one of them hit a checkpoint");  // under a sanitizer
    else CHECK(all.in_checkpoints > 0);
}

TEST_CASE("killed beside another writer, a writer does not stop that one, and neither loses or tears anything") {
    campaign run(6);
    MESSAGE("seed " << run.seed());
    told all;
    do {
        CAPTURE(run.seed_of_round());
        deadly_store store(run.seed_of_round(), {5, 15, 30, 4'000});
        { const sqlite_log made(store.file()); }
        survivor other(store, store.take_numbers(4));
        for (std::size_t i = 0; i < kills_of_one; ++i) {
            other.expect_more();
            store.live_and_die();
        }
        other.expect_more();
        other.end(store.words);
        store.check(true);
        store.check(true);
        all.kills += kills_of_one;
        all.add(store);
    } while (run.next());
    all.say();
    CHECK(all.unheard > 0);
}

TEST_CASE("that test fails where the write-ahead log dies with the process" * doctest::should_fail()) {
    harm_and_check([](deadly_store& store) { std::filesystem::remove(store.file().string() + "-wal"); });
}

TEST_CASE("that test fails on events that nobody sent" * doctest::should_fail()) {
    harm_and_check(
        [](deadly_store& store) { (void)sqlite_log(store.file()).append(make_request(store.take_numbers(1), rests_on_nothing)); });
}

TEST_CASE("that test fails on a request that stands there twice" * doctest::should_fail()) {
    harm_and_check([](deadly_store& store) {
        append_request one = announced(store, store.take_numbers(1));
        sqlite_log log(store.file());
        (void)log.append(one);
        one.id = {}, one.command.clear(), one.answer.clear();
        (void)log.append(one);
    });
}

TEST_CASE("that test fails on a request that has reached one of its streams alone" * doctest::should_fail()) {
    harm_and_check([](deadly_store& store) {
        std::int64_t number = store.take_numbers(1);
        while (make_request(number, rests_on_nothing).writes.size() < 2) ++number;
        append_request one = announced(store, number);
        one.writes.pop_back();
        (void)sqlite_log(store.file()).append(one);
    });
}

TEST_CASE("that test fails on two requests of a thread in the wrong order" * doctest::should_fail()) {
    harm_and_check([](deadly_store& store) {
        const std::int64_t number = store.take_numbers(1);
        const append_request first = announced(store, number), second = announced(store, number + 1);
        sqlite_log log(store.file());
        (void)log.append(second), (void)log.append(first);
    });
}

TEST_CASE("that test fails on an answer that is gone while its events are there" * doctest::should_fail()) {
    harm_and_check([](deadly_store& store) {
        REQUIRE(shell(store.file()).run("DELETE FROM command WHERE id = (SELECT max(id) FROM command)") == "");
    });
}

TEST_CASE("that test fails where somebody stands in the turnstile for ever" * doctest::should_fail()) {
    std::optional<child> holder;
    harm_and_check([&](deadly_store& store) {
        holder.emplace([&](const child::voice& parent) {
            detail::turnstile gate(store.file().string() + ".lock");
            gate.enter(patience);
            parent.tell("in");
            return ::pause();
        });
        (void)holder->hear();
    });
}
