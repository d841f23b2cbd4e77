// Whether the system may be asked to load a library: a truncated one would be a SIGBUS, and one with damaged headers a crash of the loader.
#include "replay/elf_check.hpp"

#include <acta/event/result.hpp>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace acta::detail {

namespace {

#if defined(__x86_64__)
constexpr ElfW(Half) this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr ElfW(Half) this_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr ElfW(Half) this_machine = EM_RISCV;
#else
constexpr ElfW(Half) this_machine = EM_NONE;  // not known: the loader will tell
#endif
constexpr unsigned char this_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char this_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

using segment = ElfW(Phdr);
using section = ElfW(Shdr);

constexpr std::uint64_t reserved = 3 * sizeof(ElfW(Addr));     // of .got.plt, which begins with words that are never written again
constexpr std::uint64_t most_memory = std::uint64_t{1} << 34;  // of a library; no address beyond overflows a sum

bool holds(const segment& outer, std::uint64_t address, std::uint64_t size) {
    return address >= outer.p_vaddr && address - outer.p_vaddr <= outer.p_memsz && size <= outer.p_memsz - (address - outer.p_vaddr);
}

/// The loaded segment that these addresses are in.
const segment* loaded(const std::vector<segment>& parts, std::uint64_t address, std::uint64_t size) {
    for (const segment& each : parts)
        if (each.p_type == PT_LOAD && holds(each, address, size)) return &each;
    return nullptr;
}

/// The loader believes addresses as they stand and crashes on a wrong one.
const char* flaw_of(const std::vector<segment>& parts) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::uint64_t end = 0;
    for (const segment& each : parts) {
        if (each.p_vaddr > most_memory || each.p_memsz > most_memory) return "a segment is too large or too far away";
        if (each.p_type != PT_LOAD) continue;
        if (each.p_vaddr < end || each.p_memsz < each.p_filesz) return "its segments overlap, or one is larger in the file than in memory";
        if ((each.p_vaddr - each.p_offset) % page != 0) return "a segment begins elsewhere in a page than in the file";
        if (!std::has_single_bit(each.p_align) || each.p_align > most_memory) return "a segment has a strange alignment";
        end = each.p_vaddr + each.p_memsz;
    }
    for (const segment& each : parts) {
        if (each.p_type != PT_GNU_RELRO) continue;
        const segment* const in = loaded(parts, each.p_vaddr, each.p_filesz);  // filled up to a page, as large as the linker takes one for
        if (each.p_memsz < each.p_filesz || each.p_memsz - each.p_filesz >= std::max<std::uint64_t>(page, in ? in->p_align : 0))
            return "what becomes read-only is larger than it is in the file";
    }
    for (const segment& each : parts) {
        if (each.p_type == PT_LOAD || each.p_type == PT_GNU_STACK || each.p_type == PT_NULL || each.p_filesz == 0) continue;
        if (each.p_type >= PT_LOPROC && each.p_vaddr == 0) continue;  // as RISC-V's attributes, which are not loaded
        const segment* const in = loaded(parts, each.p_vaddr, each.p_filesz);
        if (in == nullptr || each.p_vaddr - each.p_offset != in->p_vaddr - in->p_offset) return "what a segment describes is not loaded";
    }
    return nullptr;
}

/// Linkers write the same twice, as segments and as sections: where the two differ, one of them was damaged.
const char* difference_between(const std::vector<segment>& parts, const std::vector<section>& sections) {
    const auto has = [&](std::uint32_t type, const section& at) {
        return std::any_of(parts.begin(), parts.end(), [&](const segment& each) {
            return each.p_type == type && each.p_vaddr == at.sh_addr && each.p_filesz == at.sh_size;
        });
    };
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    for (const section& each : sections) {
        if (each.sh_type == SHT_DYNAMIC && !has(PT_DYNAMIC, each)) return "its dynamic section is not where its segments say";
        if ((each.sh_flags & SHF_ALLOC) == 0 || each.sh_size == 0 || (each.sh_flags & SHF_TLS) != 0) continue;
        const segment* const in = loaded(parts, each.sh_addr, each.sh_size);
        if (in == nullptr) return "a section is in no segment that is loaded";
        const std::uint64_t behind = each.sh_addr - in->p_vaddr;
        const bool in_file = each.sh_type != SHT_NOBITS;
        if (in_file && (behind + each.sh_size > in->p_filesz || behind + in->p_offset != each.sh_offset))
            return "a section is loaded from elsewhere";
        if (!in_file && behind < in->p_filesz) return "a section without bytes has some";
        const bool writes = (each.sh_flags & SHF_WRITE) != 0, runs = (each.sh_flags & SHF_EXECINSTR) != 0;
        if ((in->p_flags & PF_R) == 0 || (writes && (in->p_flags & PF_W) == 0) || (runs && (in->p_flags & PF_X) == 0))
            return "a section may not be used as it has to be";
        for (const segment& part : parts) {
            if (part.p_type != PT_GNU_RELRO || !writes) continue;
            const std::uint64_t end = (part.p_vaddr + part.p_memsz) / page * page;  // from here on it can be written
            if (each.sh_addr + reserved < end && !holds(part, each.sh_addr, each.sh_size))
                return "a section that is written would become read-only";
        }
    }
    return nullptr;
}

class library_file {
public:
    explicit library_file(const std::filesystem::path& file) : file_(file), fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (fd_ < 0) {
            if (errno == ENOENT || errno == ENOTDIR)
                throw failure(errc::not_found, file_.string() + " is not there: check the path of the plugin");
            refuse(std::string("cannot be opened (") + std::strerror(errno) + ")");
        }
    }
    library_file(const library_file&) = delete;
    library_file& operator=(const library_file&) = delete;
    ~library_file() {
        if (fd_ >= 0) ::close(fd_);
    }

    void check() {
        struct stat info {};
        if (::fstat(fd_, &info) != 0) refuse(std::string("cannot be looked at (") + std::strerror(errno) + ")");
        if (!S_ISREG(info.st_mode)) refuse("is not a regular file");
        size_ = static_cast<std::uint64_t>(info.st_size);
        const auto header = read_header();
        const auto parts = read_table<ElfW(Phdr)>(header.e_phoff, header.e_phnum, header.e_phentsize);
        for (const auto& part : parts) within(part.p_offset, part.p_filesz);
        if (const char* const why = flaw_of(parts)) unsound(why);
        if (header.e_shoff == 0) return;
        const auto sections = read_table<ElfW(Shdr)>(header.e_shoff, header.e_shnum, header.e_shentsize);
        for (const section& each : sections)
            if (each.sh_type != SHT_NOBITS && each.sh_type != SHT_NULL) within(each.sh_offset, each.sh_size);
        if (const char* const why = difference_between(parts, sections)) unsound(why);
    }

private:
    ElfW(Ehdr) read_header() const {
        ElfW(Ehdr) header{};
        if (size_ < SELFMAG || !read(&header, std::min<std::uint64_t>(size_, sizeof header), 0) ||
            std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
            refuse("is no shared library");
        if (size_ < sizeof header) cut_short();
        if (header.e_ident[EI_CLASS] != this_class || header.e_ident[EI_DATA] != this_order ||
            (this_machine != EM_NONE && header.e_machine != this_machine))
            refuse("is a library for another kind of machine");
        if (header.e_type != ET_DYN) refuse("is an ELF file, but no shared library");
        return header;
    }
    template <class Entry>
    std::vector<Entry> read_table(std::uint64_t offset, std::size_t count, std::size_t entry_size) const {
        if (count == 0) return {};
        if (entry_size != sizeof(Entry)) unsound("a table has entries of a strange size");
        within(offset, count * sizeof(Entry));
        std::vector<Entry> entries(count);
        if (!read(entries.data(), count * sizeof(Entry), offset)) cut_short();
        return entries;
    }
    void within(std::uint64_t offset, std::uint64_t size) const {
        if (offset > size_ || size > size_ - offset) cut_short();
    }
    bool read(void* to, std::uint64_t size, std::uint64_t from) const {
        return ::pread(fd_, to, size, static_cast<off_t>(from)) == static_cast<ssize_t>(size);
    }
    [[noreturn]] void unsound(const std::string& why) const { refuse("is no sound shared library (" + why + ")"); }
    [[noreturn]] void cut_short() const { refuse("is cut short: its headers promise more than its " + std::to_string(size_) + " bytes"); }
    [[noreturn]] void refuse(const std::string& why) const {
        throw failure(errc::bad_plugin, file_.string() + " cannot be loaded as a plugin: it " + why + ". Build it again against this acta");
    }

    const std::filesystem::path& file_;
    int fd_;
    std::uint64_t size_ = 0;
};

}  // namespace

void check_library(const std::filesystem::path& file) { library_file(file).check(); }

}  // namespace acta::detail
