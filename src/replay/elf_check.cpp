// Whether the system may be asked to load a library: a truncated one would be a SIGBUS, not an error.
#include "replay/elf_check.hpp"

#include <acta/event/result.hpp>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>
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
        for (const auto& part : read_table<ElfW(Phdr)>(header.e_phoff, header.e_phnum, header.e_phentsize))
            within(part.p_offset, part.p_filesz);
        if (header.e_shoff == 0) return;
        for (const auto& section : read_table<ElfW(Shdr)>(header.e_shoff, header.e_shnum, header.e_shentsize))
            if (section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL) within(section.sh_offset, section.sh_size);
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
        if (entry_size != sizeof(Entry)) refuse("is no sound shared library (a table has entries of a strange size)");
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
