// Opening what is no store, or none that may be used: one sentence each, and every file stays as it was.
#include <acta/store/sqlite.hpp>

#include "support/child.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/schema.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace acta;
using namespace tests;

namespace {

void make(const std::filesystem::path& file) {
    sqlite_log to(file);
    for (int i = 0; i < 100; ++i) REQUIRE(to.append(account(std::to_string(i)), none, {opened{"somebody"}, withdrawn{i}, deposited{i}}));
}

/// Opens the file for writing and for reading: refused, in a sentence that names it, and nothing in its folder changes.
failure refused(const folder& here, const std::filesystem::path& file, errc code) {
    const auto names = here.listing();
    const bool regular = std::filesystem::is_regular_file(file);
    const std::string before = regular ? bytes_of_file(file) : "";
    failure why{errc::misuse, ""};
    for (const bool read_only : {true, false}) {
        CAPTURE(read_only);
        why = thrown_by([&] { sqlite_log(file, {.create = false, .read_only = read_only}); });
        const std::string said = why.what();
        CAPTURE(said);
        CHECK(why.code() == code);
        CHECK(says(why, file.filename().string()));
        CHECK(here.listing() == names);
        if (regular) CHECK((bytes_of_file(file) == before));
    }
    return why;
}

/// Runs as a user who may not do everything, and tells what it throws: "" when nothing.
std::string as_nobody(const std::function<void()>& work) {
    child other([&](const child::voice& parent) {
        if (::geteuid() == 0 && (::setgid(65'534) != 0 || ::setuid(65'534) != 0)) return 1;
        const failure why = thrown_by(work);
        parent.tell(says(why, "nothing was thrown") ? "" : std::string(to_string(why.code())) + " " + why.what());
        return 0;
    });
    return other.hear().value_or("the child is gone");
}

/// Where anybody may go, so that as_nobody reaches what is inside.
struct open_folder : folder {
    open_folder() { std::filesystem::permissions(path(), std::filesystem::perms::all); }
};

}  // namespace

TEST_CASE("a missing file, a missing directory and a path without a name are told apart from a store") {
    const folder here;
    CHECK(says(refused(here, here / "bank.acta", errc::not_found), "is not there"));
    CHECK(says(refused(here, here / "missing/bank.acta", errc::not_found), "directory"));
    for (const bool create : {true, false}) {
        CHECK(thrown_by([&] { sqlite_log(here / "missing/bank.acta", {.create = create}); }).code() == errc::not_found);
        CHECK(thrown_by([&] { sqlite_log("", {.create = create}); }).code() == errc::not_found);
        CHECK(thrown_by([&] { sqlite_log(here.path() / "", {.create = create}); }).code() == errc::not_found);
        CHECK(thrown_by([&] { sqlite_log(here / "bank.acta/", {.create = create}); }).code() == errc::not_found);
    }
    CHECK(thrown_by([&] { sqlite_log(here / std::string(300, 'x')); }).code() == errc::io);
    CHECK(here.listing() == "");
}

TEST_CASE("what is not a regular file is refused without being opened for good") {
    const folder here;
    std::filesystem::create_directory(here / "folder");
    refused(here, here / "folder", errc::not_a_store);
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    refused(here, here / "pipe", errc::not_a_store);
    CHECK(thrown_by([] { sqlite_log("/dev/null"); }).code() == errc::not_a_store);
    CHECK(thrown_by([] { sqlite_log("/"); }).code() == errc::not_found);
    CHECK(thrown_by([&] { sqlite_log(here.path() / "."); }).code() == errc::not_a_store);

    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    const std::string path = (here / "socket").string();
    REQUIRE(path.size() < sizeof name.sun_path);
    path.copy(name.sun_path, path.size());
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    refused(here, here / "socket", errc::io);
    ::close(fd);
}

TEST_CASE("a file that is something else is refused") {
    const folder here;
    write_file(here / "empty", "");
    refused(here, here / "empty", errc::not_a_store);
    write_file(here / "text", "Dear diary, today I opened an account.\n" + std::string(5'000, 'x'));
    refused(here, here / "text", errc::not_a_store);
    write_file(here / "short", "SQLite format 3");
    refused(here, here / "short", errc::not_a_store);
    REQUIRE(shell(here / "foreign.db").run("CREATE TABLE entry (x); INSERT INTO entry VALUES (1)") == "");
    CHECK(says(refused(here, here / "foreign.db", errc::not_a_store), "another program's"));
    {
        shell sqlite(here / "wal.db");
        REQUIRE(sqlite.run("PRAGMA journal_mode = WAL; CREATE TABLE entry (x); INSERT INTO entry VALUES (1)") == "");
        refused(here, here / "wal.db", errc::not_a_store);
    }
    write_file(here / "zeros", std::string(100'000, '\0'));
    refused(here, here / "zeros", errc::not_a_store);
}

TEST_CASE("a mark alone makes no store") {
    const folder here;
    REQUIRE(shell(here / "marked.acta").run("PRAGMA application_id = 1633907809; PRAGMA user_version = 1; CREATE TABLE t (x)") == "");
    refused(here, here / "marked.acta", errc::damaged);
}

TEST_CASE("a newer format is refused with the advice to upgrade") {
    const folder here;
    for (const char* const format : {"2", "3", "2147483647", "-1"}) {
        make(here / "bank.acta");
        REQUIRE(shell(here / "bank.acta").run(std::string("PRAGMA user_version = ") + format) == "");
        CHECK(says(refused(here, here / "bank.acta", errc::newer_format), "upgrade"));
        std::filesystem::remove(here / "bank.acta");
    }
}

TEST_CASE("a store that was cut short is refused, wherever it was cut") {
    const folder here;
    make(here / "bank.acta");
    const std::string whole = bytes_of_file(here / "bank.acta");
    REQUIRE(whole.size() > 40'000);
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{99}, std::size_t{100}, std::size_t{101}, std::size_t{512}, std::size_t{4'095}, std::size_t{4'096},
          std::size_t{4'097}, whole.size() / 2, whole.size() - 4'096, whole.size() - 1}) {
        CAPTURE(size);
        write_file(here / "bank.acta", std::string_view(whole).substr(0, size));
        refused(here, here / "bank.acta", size < 100 ? errc::not_a_store : errc::damaged);
    }
    write_file(here / "bank.acta", whole);
    CHECK(read_all(sqlite_log(here / "bank.acta")).size() == 300);
}

TEST_CASE("a store with a second name, or named by a link, is refused") {
    const folder here;
    make(here / "bank.acta");
    std::filesystem::create_hard_link(here / "bank.acta", here / "twin.acta");
    CHECK(says(refused(here, here / "bank.acta", errc::misuse), "2 hard links"));
    refused(here, here / "twin.acta", errc::misuse);
    std::filesystem::remove(here / "twin.acta");
    std::filesystem::create_symlink(here / "bank.acta", here / "link.acta");
    CHECK(says(refused(here, here / "link.acta", errc::misuse), "symbolic link"));
    std::filesystem::create_symlink(here / "nowhere", here / "dangling.acta");
    CHECK(thrown_by([&] { sqlite_log(here / "dangling.acta"); }).code() == errc::misuse);
    CHECK_FALSE(std::filesystem::exists(here / "nowhere"));
    std::filesystem::create_directory_symlink(here.path(), here / "folder");
    CHECK(read_all(sqlite_log(here / "folder/bank.acta")).size() == 300);  // a link on the way there is none of our business
}

TEST_CASE("a relative path and one with odd characters open what they name") {
    const folder here;
    make(here / "file:odd?mode=memory&name%20#'\".acta");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(here.path());
    {
        sqlite_log to("file:odd?mode=memory&name%20#'\".acta");
        CHECK(read_all(to).size() == 300);
        CHECK(says(to.name(), here.path().string()));
        sqlite_log other("plain.acta");
    }
    std::filesystem::current_path(before);
    CHECK(here.listing() ==
          "file:odd?mode=memory&name%20#'\".acta file:odd?mode=memory&name%20#'\".acta.lock file:odd?mode=memory&name%20#'\".acta.notify "
          "plain.acta plain.acta.lock plain.acta.notify ");
}

TEST_CASE("a store that this user may not read, or may only read, says so") {
    const open_folder here;
    make(here / "bank.acta");
    const std::string before = bytes_of_file(here / "bank.acta");
    const auto open = [&](bool read_only) { return as_nobody([&] { sqlite_log(here / "bank.acta", {.read_only = read_only}); }); };

    std::filesystem::permissions(here / "bank.acta", std::filesystem::perms::none);
    for (const bool read_only : {true, false}) {
        const std::string said = open(read_only);
        CAPTURE(said);
        CHECK(says(said, "read_only "));
        CHECK(says(said, "bank.acta may not be read"));
    }
    std::filesystem::permissions(here / "bank.acta", std::filesystem::perms(0444));
    std::filesystem::permissions(here / "bank.acta.lock", std::filesystem::perms(0444));
    CHECK(says(open(false), "bank.acta may not be written"));
    CHECK(open(true) == "");
    CHECK((bytes_of_file(here / "bank.acta") == before));
}

TEST_CASE("a store in a directory that this user may not write says so, also to who only reads") {
    const open_folder here;
    const auto place = here / "shelf";
    std::filesystem::create_directory(place);
    make(place / "bank.acta");
    std::filesystem::permissions(place / "bank.acta", std::filesystem::perms(0666));
    std::filesystem::permissions(place, std::filesystem::perms(0555));
    for (const bool read_only : {true, false}) {
        const std::string said = as_nobody([&] { sqlite_log(place / "bank.acta", {.read_only = read_only}); });
        CAPTURE(said);
        CHECK(says(said, "read_only "));
        CHECK(says(said, "bank.acta"));
        CHECK(says(said, "may not write to " + place.string()));
    }
    CHECK(says(as_nobody([&] { sqlite_log(place / "new.acta"); }), "new.acta"));
    std::filesystem::permissions(place, std::filesystem::perms::all);
    CHECK(as_nobody([&] { sqlite_log(place / "bank.acta", {.read_only = true}); }) == "");
}

TEST_CASE("a store that is opened read-only refuses to append and changes nothing on the disk") {
    const folder here;
    make(here / "bank.acta");
    const std::string before = bytes_of_file(here / "bank.acta"), names = here.listing();
    {
        sqlite_log to(here / "bank.acta", {.read_only = true});
        CHECK(read_all(to).size() == 300);
        CHECK(read_all(to, account("7")).size() == 3);
        CHECK(to.types().size() == 3);
        const failure why = thrown_by([&] { (void)to.append(account("ada"), any, {deposited{1}}); });
        CHECK(why.code() == errc::read_only);
        CHECK(says(why, "bank.acta"));
    }
    CHECK((bytes_of_file(here / "bank.acta") == before));
    CHECK(here.listing() == names);
}

TEST_CASE("a lock file that cannot be locked stops an append with a sentence, and reading goes on") {
    const folder here;
    make(here / "bank.acta");
    std::filesystem::remove(here / "bank.acta.lock");
    std::filesystem::create_directory(here / "bank.acta.lock");
    sqlite_log to(here / "bank.acta");
    const failure why = thrown_by([&] { (void)to.append(account("ada"), any, {deposited{1}}); });
    CHECK(says(why, "bank.acta.lock"));
    CHECK(to.head() == 300);
}

TEST_CASE("the connection itself refuses what a shell could do") {
    const folder here;
    make(here / "bank.acta");
    const detail::connection on((here / "bank.acta").string(), SQLITE_OPEN_READWRITE, "", "bank.acta");
    detail::harden(on);
    CHECK_THROWS_AS(on.run("ATTACH DATABASE ':memory:' AS other"), failure);
    CHECK_THROWS_AS(on.run("SELECT load_extension('x')"), failure);
    on.run("PRAGMA writable_schema = ON");
    CHECK_THROWS_AS(on.run("DELETE FROM sqlite_schema"), failure);
    CHECK_THROWS_AS(on.number("SELECT length(zeroblob(200000000))"), failure);
    CHECK(on.number("PRAGMA wal_autocheckpoint") == 0);
    CHECK(on.number("PRAGMA trusted_schema") == 0);
    CHECK(on.number("PRAGMA cell_size_check") == 1);
    CHECK(on.number("PRAGMA mmap_size") == 0);
}
