// What is no store, given as one, and what is no read model: a sentence at once, from the library and from the command, and not a byte changes.
#include <acta/replay/read_model.hpp>

#include "judging.hpp"
#include "running.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace acta;
using namespace tests;
namespace command = acta::testing_the_command;

namespace {

constexpr const char* as_ours = "PRAGMA application_id = 1633907809; PRAGMA user_version = 1;";

void make_database(const std::filesystem::path& file, const std::string& sql) { REQUIRE(shell(file).run(sql) == ""); }

void bind_socket(const std::filesystem::path& file) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    REQUIRE(file.string().copy(name.sun_path, sizeof name.sun_path - 1) == file.string().size());
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    ::close(fd);
}

/// Files that another program made, or nobody.
struct stand {
    folder here;
    std::vector<std::filesystem::path> strange{};

    std::filesystem::path add(const std::string& name) { return strange.emplace_back(here / name); }

    stand() {
        make_database(add("other program"), "CREATE TABLE entry (x); INSERT INTO entry VALUES (1)");
        make_database(add("empty database"), "CREATE TABLE x (y); DROP TABLE x; VACUUM");
        make_database(add("no database yet"), "");
        make_database(add("write-ahead"), "PRAGMA journal_mode = WAL; CREATE TABLE entry (x); INSERT INTO entry VALUES (1)");
        make_database(add("mark alone"), as_ours);
        make_database(add("our mark"), std::string(as_ours) + "CREATE TABLE t (x)");
        make_database(add("our names"), std::string(as_ours) + "CREATE TABLE entry (x); CREATE TABLE stream (x); CREATE TABLE tag (x)");
        make_database(add("our mark write-ahead"), "PRAGMA journal_mode = WAL;" + std::string(as_ours) + "CREATE TABLE store (key, value)");
        make_database(add("encoded otherwise"), "PRAGMA encoding = 'UTF-16';" + std::string(as_ours) + "CREATE TABLE t (x)");
        make_database(add("newer"), "CREATE TABLE t (x); PRAGMA application_id = 1633907809; PRAGMA user_version = 2");
        make_database(add("newest"), "CREATE TABLE t (x); PRAGMA application_id = 1633907809; PRAGMA user_version = -1");
        make_database(add("read model mark"), "CREATE TABLE t (x); PRAGMA application_id = 1633907794; PRAGMA user_version = 1");
        write_file(add("text"), std::string(10'000, 'x'));
        write_file(add("short"), "SQLite format 3");
        write_file(add("header alone"), "SQLite format 3" + std::string(85, '\0'));
        write_file(add("program"), bytes_of_file("/proc/self/exe").substr(0, 100'000));
        std::filesystem::create_directory(add("directory"));
        REQUIRE(::mkfifo(add("pipe").c_str(), 0600) == 0);
        bind_socket(add("socket"));
        std::filesystem::create_symlink(here / "text", add("link"));
        std::filesystem::create_symlink(here / "nowhere", add("link to nothing"));
        std::filesystem::create_symlink("/dev/zero", add("link to a device"));
        for (const char* const device : {"/dev/zero", "/dev/null", "/dev/full", "/dev/tty", "/proc/self/mem", "/proc/self/exe"})
            strange.emplace_back(device);
    }

    std::string bytes(const std::filesystem::path& file) const {
        const bool regular = std::filesystem::symlink_status(file).type() == std::filesystem::file_type::regular;
        return regular && file.parent_path() == here.path() ? bytes_of_file(file) : "";
    }
};

}  // namespace

TEST_CASE("what is no store is refused for reading and for writing, at once, and stays as it was") {
    stand in;
    const std::string names = in.here.listing();
    for (const auto& file : in.strange) {
        const std::string shown = file.string(), before = in.bytes(file);
        CAPTURE(shown);
        for (const bool read_only : {true, false}) {
            const answer said = ask(file, [&] { const sqlite_log log(file, {.create = false, .read_only = read_only}); });
            CAPTURE(said.sentence);
            CHECK(said.refused);
            CHECK((said.code == errc::not_a_store || said.code == errc::damaged || said.code == errc::newer_format ||
                   said.code == errc::misuse || said.code == errc::io || said.code == errc::read_only));
        }
        CHECK(ask(file, [&] { (void)inspect_read_model(file); }).refused);
        CHECK((in.bytes(file) == before));
    }
    CHECK(in.here.listing() == names);
    const auto code = [&](const char* name) {
        return ask(in.here / name, [&] { const sqlite_log log(in.here / name, {.create = false}); }).code;
    };
    CHECK(code("newer") == errc::newer_format);
    CHECK(code("newest") == errc::newer_format);
    CHECK(code("our mark") == errc::damaged);
    CHECK(code("other program") == errc::not_a_store);
    CHECK(code("read model mark") == errc::not_a_store);
    CHECK(code("pipe") == errc::not_a_store);
}

TEST_CASE("the command refuses what is no store at once, in one sentence, with nothing on standard output") {
    stand in;
    for (const auto& file : in.strange)
        for (const char* const verb : {"info", "events", "streams", "verify", "projections status", "dead-letters list", "layout list"}) {
            const std::string shown = file.string();
            CAPTURE(shown);
            CAPTURE(std::string(verb));
            const command::ended result = command::run_shell("timeout -s KILL 20 \"$acta\" " + std::string(verb) + " '" + shown + "'");
            CAPTURE(result.err);
            CHECK((result.code == 1 || result.code == 3 || result.code == 5));
            CHECK(result.out.empty());
            CHECK(result.said_one_sentence());
        }
}

TEST_CASE("a pipe with a text in it is not read, and one with a reader is not written") {
    const folder here;
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    const int both = ::open((here / "pipe").c_str(), O_RDWR | O_NONBLOCK);
    REQUIRE(::write(both, "SQLite", 6) == 6);
    CHECK(ask(here / "pipe", [&] { const sqlite_log log(here / "pipe"); }).code == errc::not_a_store);
    char left[100];
    CHECK(::read(both, left, sizeof left) == 6);
    ::close(both);
}
