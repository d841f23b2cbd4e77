// What stands beside a store may be anything: the store is read and written all the same or refused in a sentence, and no other file is touched.
#include "judging.hpp"

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace acta;
using namespace tests;
using ending = judged::ending;

namespace {

const std::string victims_words = "a file of somebody else, which nobody may change\n" + std::string(5'000, 'v');

/// A store, and in another folder a file that links may stand for.
struct stand {
    folder here, elsewhere;
    std::filesystem::path store = here / "bank.acta", victim = elsewhere / "victim", nowhere = elsewhere / "nowhere";
    stand() { write_file(victim, victims_words); }

    void check_untouched() const {
        CHECK((bytes_of_file(victim) == victims_words));
        CHECK(elsewhere.listing() == "victim ");
    }
};

struct thing {
    const char* name;
    void (*put)(const stand& in, const std::filesystem::path& at);
};

const thing things[] = {
    {"an empty file", [](const stand&, const std::filesystem::path& at) { write_file(at, ""); }},
    {"one byte", [](const stand&, const std::filesystem::path& at) { write_file(at, "x"); }},
    {"a text", [](const stand&, const std::filesystem::path& at) { write_file(at, std::string(10'000, 'x')); }},
    {"zeros", [](const stand&, const std::filesystem::path& at) { write_file(at, std::string(70'000, '\0')); }},
    {"ones", [](const stand&, const std::filesystem::path& at) { write_file(at, std::string(70'000, '\xff')); }},
    {"a terabyte of nothing",
     [](const stand&, const std::filesystem::path& at) {
         write_file(at, "");
         std::filesystem::resize_file(at, std::uintmax_t{1} << 40);
     }},
    {"a directory", [](const stand&, const std::filesystem::path& at) { std::filesystem::create_directory(at); }},
    {"a link to a file", [](const stand& in, const std::filesystem::path& at) { std::filesystem::create_symlink(in.victim, at); }},
    {"a link to nothing", [](const stand& in, const std::filesystem::path& at) { std::filesystem::create_symlink(in.nowhere, at); }},
    {"a link to itself", [](const stand&, const std::filesystem::path& at) { std::filesystem::create_symlink(at, at); }},
    {"a link to the store", [](const stand& in, const std::filesystem::path& at) { std::filesystem::create_symlink(in.store, at); }},
    {"a second name of a file", [](const stand& in, const std::filesystem::path& at) { std::filesystem::create_hard_link(in.victim, at); }},
    {"a pipe", [](const stand&, const std::filesystem::path& at) { REQUIRE(::mkfifo(at.c_str(), 0600) == 0); }},
    {"a socket",
     [](const stand&, const std::filesystem::path& at) {
         const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
         sockaddr_un name{};
         name.sun_family = AF_UNIX;
         REQUIRE(at.string().copy(name.sun_path, sizeof name.sun_path - 1) == at.string().size());
         REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
         ::close(fd);
     }},
};

/// A rollback journal as SQLite writes one, which puts a page of zeros in the place of page `number`.
std::string rollback_journal(std::uint32_t pages, std::uint32_t number) {
    constexpr std::size_t page_size = 4'096, sector = 512;
    std::string out = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
    const auto put = [&out](std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
    };
    const std::uint32_t nonce = 77;
    put(1), put(nonce), put(pages), put(sector), put(page_size);
    out.resize(sector, '\0');
    put(number);
    out.append(page_size, '\0');
    put(nonce);  // the checksum of a page of zeros
    return out;
}

}  // namespace

TEST_CASE("whatever stands in the place of a side file, the store is read and written or refused, and no other file is touched") {
    for (const char* const behind : {"-wal", "-shm", "-journal", ".lock", ".notify"})
        for (const bool killed : {false, true})
            for (const thing& one : things) {
                if (!is_due()) continue;
                const std::string kind = one.name, place = behind;
                CAPTURE(place);
                CAPTURE(kind);
                CAPTURE(killed);
                if (killed && place == "-wal") continue;  // its own stands there: see below
                const stand in;
                const written good = killed ? make_killed_store(in.store) : make_store(in.store);
                if (!killed) put_files(in.store, files_of(in.store));  // without side files
                std::filesystem::remove(in.store.string() + behind);
                one.put(in, in.store.string() + behind);
                const files before = files_of(in.store);

                const judged found = judge(in.store, good);
                CHECK((found.right() || found.read == ending::refused));
                in.check_untouched();
                if (found.read == ending::refused) CHECK((files_of(in.store) == before));

                const answer appended = append_one(in.store);
                CAPTURE(appended.sentence);
                in.check_untouched();
                std::filesystem::remove_all(in.store.string() + behind);
                if (place == "-wal" && !appended.refused) continue;  // what was appended stood in what is removed now
                std::vector<seen> now = read_all(sqlite_log(in.store));
                if (!appended.refused) now.pop_back();
                CHECK(now == good.events);
            }
}

TEST_CASE("a rollback journal beside a store is refused before SQLite writes it into the store") {
    for (const bool killed : {false, true}) {
        const stand in;
        const written good = killed ? make_killed_store(in.store) : make_store(in.store);
        const files before = files_of(in.store);
        const auto pages = static_cast<std::uint32_t>(before.at("").size() / 4'096);
        for (const std::uint32_t number : {1U, 2U, 7U, pages}) {
            CAPTURE(number);
            put_files(in.store, before);
            write_file(in.store.string() + "-journal", rollback_journal(pages, number));
            const judged found = judge(in.store, good);
            CHECK(found.read == ending::refused);
            CHECK(says(found.sentence, "bank.acta-journal"));
            CHECK(append_one(in.store).refused);
            CHECK((files_of(in.store) == before));
            std::filesystem::remove(in.store.string() + "-journal");
            CHECK(judge(in.store, good).right());
        }
    }
}

TEST_CASE("SQLite alone would roll that journal back, so the test before this one can fail") {
    const stand in;
    make_store(in.store);
    const files before = files_of(in.store);
    const auto pages = static_cast<std::uint32_t>(before.at("").size() / 4'096);
    write_file(in.store.string() + "-journal", rollback_journal(pages, 7));
    CHECK(shell(in.store).ask("PRAGMA integrity_check") != "ok");
    CHECK((bytes_of_file(in.store) != before.at("")));
}
