// A write-ahead log beside a store that it does not belong to. SQLite cannot tell: it takes any log that is sound in itself for the store's own.
// So what is read is one store's history, as it was at one time, or the mixture is refused or found by verify. A log that holds a whole other
// history makes that the store's, and nobody can tell that either, but for read models, which refuse another history.
#include "judging.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace acta;
using namespace tests;

namespace {

void append(sqlite_log& log, const std::string& owner, int count) {
    for (int i = 0; i < count; ++i)
        REQUIRE(log.append(account(std::to_string(i % 7)), any,
                           {opened{owner + std::to_string(i)}, withdrawn{i} | tagged("month", std::to_string(i % 12))}));
}

/// The files of a store whose writer appends and is killed.
files append_and_kill(const std::filesystem::path& store, const std::string& owner, int count) {
    child writer([&](const child::voice& parent) -> int {
        sqlite_log log(store);
        append(log, owner, count);
        parent.tell("done");
        for (;;) ::pause();
    });
    REQUIRE(writer.hear());
    writer.kill();
    writer.wait();
    return files_of(store);
}

/// Two histories, and the files of each at several times.
struct stand {
    folder here;
    std::filesystem::path store = here / "bank.acta";
    std::vector<files> states{};
    std::vector<std::vector<seen>> histories{};

    void keep(const files& state) { states.push_back(state); }
    stand() {
        for (const char* const owner : {"Ada ", "Bob "}) {
            put_files(store, {});
            keep(append_and_kill(store, owner, 30));
            {
                sqlite_log log(store);
                append(log, owner, 40);
            }
            keep(files_of(store));  // closed in order: no log
            keep(append_and_kill(store, owner, 20));
            {
                sqlite_log log(store);
                append(log, owner, 3);
                histories.push_back(read_all(log));
            }
            keep(files_of(store));
        }
    }
};

bool is_beginning(const std::vector<seen>& of, const std::vector<seen>& all) {
    return of.size() <= all.size() && std::equal(of.begin(), of.end(), all.begin());
}

}  // namespace

TEST_CASE("a store beside a foreign or older log reads as one history, or the mixture is refused or found by verify") {
    const stand in;
    REQUIRE(in.histories[0].size() == in.histories[1].size());
    std::map<std::string, int> endings;
    for (std::size_t of = 0; of < in.states.size(); ++of)
        for (std::size_t from = 0; from < in.states.size(); ++from) {
            if (!in.states[from].contains("-wal")) continue;
            CAPTURE(of);
            CAPTURE(from);
            put_files(in.store, {{"", in.states[of].at("")}, {"-wal", in.states[from].at("-wal")}});
            const contained end = contain([&](const child::voice& parent) {
                try {
                    const sqlite_log log(in.store, {.read_only = true});
                    if (!log.verify().sound()) return parent.tell("found");
                    const std::vector<seen> all = read_all(log);
                    for (const auto& history : in.histories)
                        if (is_beginning(all, history)) return parent.tell(all == history ? "all" : "a beginning");
                    parent.tell("mixed");
                } catch (const failure& why) { parent.tell(is_sentence(why.what(), in.store) ? "refused" : "no sentence"); }
            });
            CHECK(end.code == 0);
            REQUIRE(end.lines.size() == 1);
            CHECK(end.lines[0] != "mixed");
            CHECK(end.lines[0] != "no sentence");
            if (of == from) CHECK((end.lines[0] == "all" || end.lines[0] == "a beginning"));
            ++endings[end.lines[0]];
        }
    for (const auto& [ending, times] : endings) MESSAGE(times << " times: " << ending);
    CHECK(endings["found"] + endings["refused"] > 0);
}

TEST_CASE("frames of another log behind a store's own are not read") {
    const stand in;
    for (const std::size_t own : {std::size_t{0}, std::size_t{2}}) {
        put_files(in.store, in.states[own]);
        const written good = written_by({}, sqlite_log(in.store, {.read_only = true}));
        files longer = in.states[own];
        longer["-wal"] += in.states[own + 4].at("-wal");
        put_files(in.store, longer);
        CHECK(judge(in.store, good).right());
        longer["-wal"] = in.states[own].at("-wal") + in.states[own + 4].at("-wal").substr(32);
        put_files(in.store, longer);
        CHECK(judge(in.store, good).right());
    }
}
