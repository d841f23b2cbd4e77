// Runs the acta command as a user would, in a folder of its own, and sees what it leaves behind.
#include "running.hpp"

#include <acta/store/sqlite.hpp>

#include "shop.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace acta::testing_the_command {

namespace {

constexpr unsigned nobody = 65'534;

using stream = surroundings::stream;

/// The ends of one standard stream: what the child gets, and where we read what it wrote.
struct ends {
    int child = -1;
    int ours = -1;
};

ends open_ends(stream kind, const std::filesystem::path& file) {
    switch (kind) {
    case stream::file: return {::open(file.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0666), -1};
    case stream::full_device: return {::open("/dev/full", O_WRONLY | O_CLOEXEC), -1};
    case stream::closed: return {};
    case stream::terminal: break;
    }
    const int ours = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(::grantpt(ours) == 0);
    REQUIRE(::unlockpt(ours) == 0);
    return {::open(::ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC), ours};
}

/// What a terminal got until its other end is closed.
std::string read_terminal(int ours) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(ours, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(got));
    ::close(ours);
    return text;
}

[[noreturn]] void become(const std::vector<char*>& argv, const std::vector<char*>& environment, const ends& out, const ends& err,
                         bool without_rights) {
    out.child < 0 ? ::close(1) : ::dup2(out.child, 1);
    err.child < 0 ? ::close(2) : ::dup2(err.child, 2);
    if (without_rights && ::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) ::_exit(120);
    ::execve(argv[0], argv.data(), environment.data());
    ::_exit(121);
}

ended run_program(words program, const surroundings& where) {
    const folder results;
    words environment = where.variables;  // the first of a name counts
    environment.insert(environment.end(), {"PATH=/usr/bin:/bin", "TERM=xterm", "LC_ALL=C.UTF-8"});
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"})
        if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + '=' + value);
    const auto pointers = [](words& from) {
        std::vector<char*> out;
        for (std::string& text : from) out.push_back(text.data());
        out.push_back(nullptr);
        return out;
    };
    if (where.without_rights) {  // the folder of the build may be closed to others
        std::filesystem::copy_file(program[0], results.path("acta"));
        program[0] = results.path("acta");
    }
    const auto argv = pointers(program), envp = pointers(environment);
    const ends out = open_ends(where.out, results.path("out")), err = open_ends(where.err, results.path("err"));
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) become(argv, envp, out, err, where.without_rights);
    if (out.child >= 0) ::close(out.child);
    if (err.child >= 0) ::close(err.child);
    ended result;
    if (out.ours >= 0) result.out = read_terminal(out.ours);
    if (err.ours >= 0) result.err = read_terminal(err.ours);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE_MESSAGE(WIFEXITED(status), "the command was ended by signal ", WTERMSIG(status));
    result.code = WEXITSTATUS(status);
    if (where.out == stream::file) result.out = bytes_of_file(results.path("out"));
    if (where.err == stream::file) result.err = bytes_of_file(results.path("err"));
    return result;
}

}  // namespace

folder::folder() {
    std::string name = (std::filesystem::temp_directory_path() / "acta-command-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
    std::filesystem::permissions(root_, std::filesystem::perms(0755));
}

folder::~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
}

std::map<std::string, std::string> folder::files() const {
    std::map<std::string, std::string> found;
    for (const auto& one : std::filesystem::recursive_directory_iterator(root_)) {
        const std::string name = one.path().lexically_relative(root_).string();
        const bool beside = name.ends_with("-wal") || name.ends_with("-shm") || name.ends_with(".lock");
        if (one.is_regular_file() && !one.is_symlink() && !beside) found[name] = bytes_of_file(one.path());
    }
    return found;
}

std::vector<std::string> ended::lines() const {
    std::vector<std::string> all;
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

std::vector<nlohmann::json> ended::json_lines() const {
    std::vector<nlohmann::json> all;
    for (const std::string& line : lines()) all.push_back(nlohmann::json::parse(line));
    return all;
}

bool ended::said_one_sentence() const {
    return err.starts_with("acta: ") && err.size() > 20 && err.find('\n') == err.size() - 1 && !has_control_characters(err);
}

ended run(const words& given, const surroundings& where) {
    words program{ACTA_COMMAND};
    program.insert(program.end(), given.begin(), given.end());
    return run_program(std::move(program), where);
}

ended run_shell(const std::string& line) {
    return run_program({"/bin/bash", "-o", "pipefail", "-c", line}, {.variables = {std::string("acta=") + ACTA_COMMAND}});
}

std::string bytes_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

bool has_control_characters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && byte != '\n') || byte == 0x7f) return true;
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    }
    return false;
}

words rows_of(const std::string& file, const char* sql) {
    sqlite3* on = nullptr;
    REQUIRE(sqlite3_open_v2(file.c_str(), &on, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    words rows;
    const auto take = [](void* out, int columns, char** values, char**) {
        std::string row;
        for (int i = 0; i < columns; ++i) row += (i > 0 ? "|" : "") + std::string(values[i] != nullptr ? values[i] : "NULL");
        static_cast<words*>(out)->push_back(row);
        return 0;
    };
    CHECK(sqlite3_exec(on, sql, take, &rows, nullptr) == SQLITE_OK);
    sqlite3_close(on);
    return rows;
}

void make_store(const std::string& file) {
    using namespace std::chrono;
    manual_clock clock(sys_days{2026y / January / 2} + 3h + 4min + 5s);
    sqlite_log log(file, {.clock = &clock});
    const auto append = [&](const char* name, std::vector<new_event> events, const metadata& shared = {}) {
        REQUIRE(log.append(stream_name(name), any, std::move(events), shared));
        clock.advance(1s);
    };
    append("shop-north", {shop::opened{"Ada"}}, metadata().with_actor("teller-7").with("reason", "a new \"start\""));
    append("shop-süd", {shop::opened{"Grace"}});
    append("shop-north", {shop::sold{250, {"tea", "milk"}, "c-1"} | with("till", "2"), shop::sold{13, {}, std::nullopt}});
    append("till-1", {shop::opened{"Ada"}});
    append("shop-süd", {shop::sold{1'000, {std::string(nasty)}, "c-1"} | tagged("vip", "yes")});
    append("shop-north", {shop::closed{"sold out"}});
}

void make_large_store(const std::string& file, int events) {
    sqlite_log log(file);
    std::vector<append_request> requests;
    for (int at = 0; at < events; at += 10) {
        std::vector<new_event> sales;
        for (int k = at; k < at + 10 && k < events; ++k) sales.push_back(shop::sold{k, {"tea"}, std::nullopt});
        requests.push_back({{{stream_name("shop", std::to_string(at / 100)), any, std::move(sales)}}, {}});
    }
    for (const auto& answer : log.append_all(requests)) REQUIRE(answer);
}

}  // namespace acta::testing_the_command
