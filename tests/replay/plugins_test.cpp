#include <acta/replay/plugins.hpp>

#include "support_files.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <memory>

namespace {

std::filesystem::path built(const std::string& name) { return std::filesystem::path(ACTA_TEST_PLUGINS) / ("test_plugin_" + name + ".so"); }

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string out;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe.get())) out += buffer.data();
    return out;
}

}  // namespace

TEST_CASE("a plugin exports exactly one symbol") {
    for (const char* const name : {"balances", "throwing", "counter"}) {
        const std::string symbols = output_of(std::string(ACTA_TEST_NM) + " -D --defined-only " + built(name).string());
        CAPTURE(symbols);
        CHECK(symbols.find(" T acta_projection_plugin\n") != std::string::npos);
        CHECK(std::count(symbols.begin(), symbols.end(), '\n') == 1);
    }
}

TEST_CASE("a sound plugin lists its projections") {
    const acta::plugin one(built("balances"));
    CHECK(one.names() == std::vector<std::string>{"balances"});
    CHECK(one.projection().revision == 1);
    CHECK(&one.projection("balances") == &one.projection());
    CHECK(one.file() == built("balances"));
    const acta::plugin two(built("throwing"));
    CHECK(two.names() == std::vector<std::string>{"throwing", "archive"});
    CHECK(two.projections().size() == 2);
    const said several = failure_of([&] { (void)two.projection(); });
    CHECK(several.code == acta::errc::misuse);
    CHECK(several.has("throwing, archive"));
    const said none = failure_of([&] { (void)two.projection("nothing"); });
    CHECK(none.code == acta::errc::not_found);
    CHECK(none.has("'nothing'"));
    CHECK(acta::plugin(built("balances")).projections()[0] == one.projections()[0]);
}

TEST_CASE("each kind of bad plugin gets its sentence") {
    const auto refused = [](const char* name, const char* says) {
        const said why = failure_of([&] { acta::plugin library(built(name)); });
        CAPTURE(std::string(name));
        CHECK(why.code == acta::errc::bad_plugin);
        CHECK_MESSAGE(why.has(built(name).string()), why.text);
        CHECK_MESSAGE(why.has(says), why.text);
    };
    refused("empty", "it has no function acta_projection_plugin");
    refused("OTHER_ABI", "it was built for plugin ABI 2, and this program speaks 1");
    refused("SHORT_PLUGIN", "too short for plugin ABI 1");
    refused("SHORT_TABLE", "a projection's table is too short");
    refused("NOTHING", "answered nothing");
    refused("NO_PROJECTIONS", "no projections");
    refused("PROBLEM", "its events contain themselves");
    refused("BAD_NAME", "name is not");
    refused("REVISION_0", "revision 0");
    refused("NO_FUNCTION", "misses one of its functions");
    refused("BAD_LAYOUT", "a layout for account.deposited that cannot be read");
    refused("BAD_FINGERPRINT", "not its layout's");
    refused("BAD_CATEGORY", "no category's name");
    refused("CONSUMES_NOTHING", "consumes no event");
    refused("TWICE", "two projections named 'broken'");
}

TEST_CASE("what is no library at all is refused before the system maps it") {
    const scratch dir;
    const auto refused = [&](const char* name, acta::errc code, const char* says) {
        const said why = failure_of([&] { acta::plugin library(dir / name); });
        CHECK(why.code == code);
        CHECK_MESSAGE(why.has(says), why.text);
        CHECK_MESSAGE(why.has(name), why.text);
    };
    refused("missing.so", acta::errc::not_found, "is not there");
    std::filesystem::create_directory(dir / "directory.so");
    refused("directory.so", acta::errc::bad_plugin, "not a regular file");
    write_file(dir / "empty.so", "");
    refused("empty.so", acta::errc::bad_plugin, "no shared library");
    write_file(dir / "text.so", "#!/bin/sh\necho no plugin\n");
    refused("text.so", acta::errc::bad_plugin, "no shared library");
    CHECK(failure_of([] { acta::plugin library(""); }).code == acta::errc::not_found);
}

TEST_CASE("a library that was cut short anywhere is refused, and never a SIGBUS") {
    const scratch dir;
    const std::string whole = bytes_of_file(built("balances"));
    REQUIRE(whole.size() > 10'000);
    for (const std::size_t size : {std::size_t{4}, std::size_t{16}, std::size_t{63}, std::size_t{64}, std::size_t{100}, std::size_t{4'096},
                                   whole.size() / 4, whole.size() / 2, whole.size() - 4'096, whole.size() - 1}) {
        CAPTURE(size);
        write_file(dir / "cut.so", whole.substr(0, size));
        const said why = failure_of([&] { acta::plugin library(dir / "cut.so"); });
        CHECK(why.code == acta::errc::bad_plugin);
        CHECK_MESSAGE(why.has("cut short"), why.text);
    }
}

TEST_CASE("a stripped library without section headers is checked by what would be mapped") {
    const scratch dir;
    std::string library = bytes_of_file(built("balances"));
    std::fill_n(library.begin() + 40, 8, '\0');  // e_shoff
    std::fill_n(library.begin() + 60, 2, '\0');  // e_shnum
    write_file(dir / "stripped.so", library);
    CHECK(acta::plugin(dir / "stripped.so").names().size() == 1);
    std::filesystem::copy_file(dir / "stripped.so", dir / "cut.so");
    std::filesystem::resize_file(dir / "cut.so", 20'000);
    CHECK(failure_of([&] { acta::plugin cut(dir / "cut.so"); }).has("cut short"));
}

TEST_CASE("a library for another machine or of another kind is refused") {
    const scratch dir;
    const std::string whole = bytes_of_file(built("balances"));
    const auto with = [&](std::size_t at, char byte, const char* says) {
        std::string changed = whole;
        changed[at] = byte;
        write_file(dir / "other.so", changed);
        const said why = failure_of([&] { acta::plugin library(dir / "other.so"); });
        CHECK(why.code == acta::errc::bad_plugin);
        CHECK_MESSAGE(why.has(says), why.text);
    };
    with(4, 1, "another kind of machine");  // 32 bits
    with(5, 2, "another kind of machine");  // the other byte order
    with(18, 0x7f, "another kind of machine");
    with(16, 2, "no shared library");  // an executable
    with(54, 1, "strange size");       // of program headers
}
