// Plugin libraries that are cut short, foreign, or have a bit of a header turned over: refused in a sentence or loaded, each in a process of its own.
#include <acta/replay/plugins.hpp>

#include "judging.hpp"
#include "running.hpp"

#include <doctest/doctest.h>

#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <cstring>

using namespace acta;
using namespace tests;
namespace command = acta::testing_the_command;

namespace {

/// A sound library and a place for a broken one.
struct stand {
    folder here;
    std::filesystem::path file = here / "balances.so";
    std::string whole = bytes_of_file(ACTA_PLUGIN);
    ElfW(Ehdr) header{};

    stand() {
        REQUIRE(whole.size() > 10'000);
        std::memcpy(&header, whole.data(), sizeof header);
    }

    /// Loads these bytes as a plugin.
    answer load(const std::string& bytes) const {
        write_file(file, bytes);
        return load();
    }
    answer load() const {
        return ask(file, [&] {
            if (plugin(file).names() != std::vector<std::string>{"balances"}) throw std::runtime_error("another plugin");
        });
    }

    std::size_t headers_end() const { return header.e_phoff + std::size_t{header.e_phnum} * sizeof(ElfW(Phdr)); }
    std::size_t sections_end() const { return header.e_shoff + std::size_t{header.e_shnum} * sizeof(ElfW(Shdr)); }

    /// Where headers, segments and sections begin and end.
    std::vector<std::size_t> boundaries() const {
        std::vector<std::size_t> out{sizeof header, header.e_phoff, headers_end(), header.e_shoff, sections_end()};
        for (std::size_t i = 0; i < header.e_phnum; ++i) {
            ElfW(Phdr) part{};
            std::memcpy(&part, whole.data() + header.e_phoff + i * sizeof part, sizeof part);
            out.push_back(part.p_offset), out.push_back(part.p_offset + part.p_filesz);
        }
        for (std::size_t i = 0; i < header.e_shnum; ++i) {
            ElfW(Shdr) section{};
            std::memcpy(&section, whole.data() + header.e_shoff + i * sizeof section, sizeof section);
            out.push_back(section.sh_offset);
        }
        return out;
    }
};

}  // namespace

TEST_CASE("a library that ends early is refused, wherever it ends") {
    const stand in;
    REQUIRE_FALSE(in.load(in.whole).refused);
    std::vector<std::size_t> sizes;
    for (const std::size_t at : in.boundaries()) sizes.insert(sizes.end(), {at - 1, at, at + 1});
    for (std::size_t size = 0; size < in.whole.size(); size += 512) sizes.push_back(size);
    std::size_t cuts = 0;
    for (const std::size_t size : sizes) {
        if (size >= in.whole.size() || !is_due()) continue;
        CAPTURE(size);
        CHECK(in.load(in.whole.substr(0, size)).code == errc::bad_plugin);
        ++cuts;
    }
    MESSAGE(cuts << " cuts of " << in.whole.size() << " bytes");
}

TEST_CASE("each bit of the header and the program headers turned over: refused in a sentence, or loaded; acta itself does not crash") {
    const stand in;
    write_file(in.file, in.whole);
    std::size_t loaded = 0, refused = 0;
    for (std::size_t bit = 0; bit < in.headers_end() * 8; ++bit) {
        if (!is_due()) continue;
        CAPTURE(bit / 8);
        CAPTURE(bit % 8);
        flip_bit(in.file, bit / 8, bit % 8);
        const answer said = in.load();
        flip_bit(in.file, bit / 8, bit % 8);
        if (said.refused) CHECK(said.code == errc::bad_plugin);
        ++(said.refused ? refused : loaded);
    }
    MESSAGE(refused << " refused, " << loaded << " loaded");
    CHECK_FALSE(in.load().refused);
}

TEST_CASE("a bit of a section header turned over: refused in a sentence, or loaded") {
    const stand in;
    write_file(in.file, in.whole);
    for (std::size_t bit = in.header.e_shoff * 8; bit < in.sections_end() * 8; bit += 5) {
        if (!is_due()) continue;
        CAPTURE(bit);
        flip_bit(in.file, bit / 8, bit % 8);
        const answer said = in.load();
        flip_bit(in.file, bit / 8, bit % 8);
        if (said.refused) CHECK(said.code == errc::bad_plugin);
    }
}

TEST_CASE("a program header that is a machine's own need not describe what is loaded") {
    const stand in;
    std::string bytes = in.whole;
    for (std::size_t i = 0; i < in.header.e_phnum; ++i) {
        ElfW(Phdr) part{};
        char* const at = bytes.data() + in.header.e_phoff + i * sizeof part;
        std::memcpy(&part, at, sizeof part);
        if (part.p_type != PT_GNU_STACK) continue;
        part = {}, part.p_type = PT_LOPROC + 3, part.p_offset = 64, part.p_filesz = 53;  // as RISC-V's attributes
        std::memcpy(at, &part, sizeof part);
    }
    REQUIRE(bytes != in.whole);
    CHECK_FALSE(in.load(bytes).refused);
}

TEST_CASE("what is no shared library for this machine is refused at once, also by the command") {
    const stand in;
    const auto store = in.here / "bank.acta";
    tests::make_store(store);
    std::string other_class = in.whole, other_order = in.whole, other_machine = in.whole, program = in.whole;
    other_class[EI_CLASS] = ELFCLASS32, other_order[EI_DATA] = ELFDATA2MSB, other_machine[18] = 40, program[16] = ET_EXEC;
    const std::string texts[] = {"",
                                 "\x7f",
                                 "\x7f"
                                 "ELF",
                                 "#!/bin/sh\n",
                                 std::string(100'000, '\0'),
                                 std::string(100'000, '\xff'),
                                 bytes_of_file(store),
                                 other_class,
                                 other_order,
                                 other_machine,
                                 program,
                                 bytes_of_file("/proc/self/exe").substr(0, 200'000),
                                 in.whole.substr(0, 4) + std::string(100'000, '\xff')};
    for (const std::string& text : texts) CHECK(in.load(text).code == errc::bad_plugin);
    std::filesystem::remove(in.file);
    const std::function<void()> things[] = {
        [&] { std::filesystem::create_directory(in.file); },
        [&] { REQUIRE(::mkfifo(in.file.c_str(), 0600) == 0); },
        [&] { std::filesystem::create_symlink(in.file, in.file); },
        [&] { std::filesystem::create_symlink("/dev/zero", in.file); },
    };
    for (const auto& put : things) {
        std::filesystem::remove_all(in.file);
        put();
        CHECK(ask(in.file, [&] { const plugin one(in.file); }).code == errc::bad_plugin);
        const command::ended result = command::run_shell("timeout -s KILL 20 \"$acta\" replay '" + store.string() + "' --plugin '" +
                                                         in.file.string() + "' --into '" + (in.here / "model.db").string() + "'");
        CAPTURE(result.err);
        CHECK(result.code == 1);
        CHECK(result.said_one_sentence());
        CHECK_FALSE(std::filesystem::exists(in.here / "model.db"));
    }
}
