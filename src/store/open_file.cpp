// The checks before SQLite may touch a file, and what every handle is set to afterwards.
#include "open_file.hpp"

#include "event/system_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace acta::detail {

namespace {

class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }

private:
    int fd_;
};

/// statfs(2) types of file systems on which locks of several machines may be seen or not.
constexpr std::array<std::uint32_t, 9> network_file_systems{
    0x6969,      // NFS
    0x517b,      // SMB
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB2
    0x5346414f,  // AFS
    0x73757245,  // CODA
    0x01021997,  // 9P
    0x00c36400,  // Ceph
    0x0bd00bd0,  // Lustre
};

/// SQLite takes 512 bytes (MAX_PATHNAME), of which what is new needs some: ".new-", a UUID, "-journal".
constexpr std::size_t longest_path = 460;

[[noreturn]] void refuse(errc code, const std::filesystem::path& file, const std::string& why) {
    throw failure(code, file.string() + " " + why);
}

void check_file_system(const std::filesystem::path& file, int fd, const file_mark& mark) {
    struct statfs system {};
    if (::fstatfs(fd, &system) != 0) return;
    for (const std::uint32_t type : network_file_systems)
        if (static_cast<std::uint32_t>(system.f_type) == type)
            refuse(errc::misuse, file,
                   std::string("is on a network file system, where locks may lie: move it to a local disk") + mark.on_network);
}

void check_kind(const std::filesystem::path& file, const struct stat& info, int fd, const file_mark& mark, bool allow_network) {
    if (S_ISDIR(info.st_mode)) refuse(errc::not_a_store, file, std::string("is a directory, not ") + mark.kind + ": name the file in it");
    if (!S_ISREG(info.st_mode))
        refuse(errc::not_a_store, file, std::string("is not a regular file and so not ") + mark.kind + ": check the path");
    if (info.st_nlink > 1)
        refuse(errc::misuse, file,
               "has " + std::to_string(info.st_nlink) + " hard links: its write-ahead log belongs to one name only, remove the others");
    if (!allow_network) check_file_system(file, fd, mark);
}

/// What SQLite would open beside the file. Where it is no regular file of that one name, SQLite may wait for ever or write into another file;
/// and acta's files are never without a write-ahead log, so a rollback journal is foreign, and SQLite would write its pages into the file.
void check_beside(const std::filesystem::path& file, const file_mark& mark) {
    for (const char* const behind : {"-wal", "-shm", "-journal"}) {
        struct stat info {};
        const std::filesystem::path beside = file.string() + behind;
        if (::lstat(beside.c_str(), &info) != 0) continue;
        if (!S_ISREG(info.st_mode) || info.st_nlink > 1)
            refuse(errc::misuse, beside,
                   "is not a regular file with one name, as SQLite makes it beside " + std::string(mark.kind) + ": move it away");
        if (behind == std::string_view("-journal") && info.st_size > 0)
            refuse(errc::damaged, beside,
                   "is a rollback journal, which " + std::string(mark.kind) +
                       " never has, and which SQLite would write into it: move it away, then look with `acta verify`");
    }
}

std::uint32_t big_endian(const std::array<unsigned char, 100>& header, std::size_t at) {
    return static_cast<std::uint32_t>(header[at]) << 24 | static_cast<std::uint32_t>(header[at + 1]) << 16 |
           static_cast<std::uint32_t>(header[at + 2]) << 8 | header[at + 3];
}

/// The 100 bytes at the start of every SQLite file (sqlite.org/fileformat2.html, 1.3).
void check_header(const std::filesystem::path& file, int fd, const file_mark& mark) {
    std::array<unsigned char, 100> header{};
    const ssize_t got = ::pread(fd, header.data(), header.size(), 0);
    if (got < 0) refuse(errc::io, file, std::string("cannot be read: ") + std::strerror(errno));
    constexpr char magic[] = "SQLite format 3";
    const bool whole = got == static_cast<ssize_t>(header.size());
    const bool sqlite = whole && std::memcmp(header.data(), magic, sizeof magic) == 0;
    if (whole && !sqlite && big_endian(header, 68) == mark.application_id)
        refuse(errc::damaged, file, std::string("was ") + mark.kind + ", and its first bytes are damaged: restore it from a copy");
    if (!sqlite) refuse(errc::not_a_store, file, std::string("is not ") + mark.kind + " (it is no SQLite file): check the path");
    if (const std::uint32_t id = big_endian(header, 68); id != mark.application_id)
        refuse(errc::not_a_store, file,
               std::string("is not ") + mark.kind +
                   (id >> 8 == mark.application_id >> 8 ? " (it is acta's, but of the other kind: stores and read models are two)"
                                                        : " (it is another program's SQLite file)") +
                   ": check the path");
    if (const std::uint32_t format = big_endian(header, 60); format > mark.format)
        refuse(errc::newer_format, file,
               "has format " + std::to_string(format) + ", this program knows up to " + std::to_string(mark.format) +
                   ": upgrade this program, the file is fine");
    if (wal_holds_pages(file)) return;  // a checkpoint writes the header before the pages that it promises: SQLite takes those from the log
    struct stat info {};
    if (::fstat(fd, &info) != 0)
        refuse(errc::io, file, std::string("cannot be looked at: ") + std::strerror(errno));  // only now: a checkpoint may just have ended
    const std::uint32_t stored = static_cast<std::uint32_t>(header[16]) << 8 | header[17];
    const std::uint64_t page_size = stored == 1 ? 65'536 : stored;
    const std::uint64_t pages = big_endian(header, 28);
    if (page_size < 512 || static_cast<std::uint64_t>(info.st_size) % page_size != 0 ||
        static_cast<std::uint64_t>(info.st_size) < pages * page_size)
        refuse(errc::damaged, file,
               "is cut short or damaged: " + std::to_string(info.st_size) + " bytes where its header promises " +
                   std::to_string(pages * page_size) + "; restore it from a copy");
}

}  // namespace

std::filesystem::path canonical_parent(const std::filesystem::path& file) {
    if (file.filename().empty()) refuse(errc::not_found, file, "names no file: give a path that ends in one");
    std::error_code error;
    const auto parent = std::filesystem::canonical(file.has_parent_path() ? file.parent_path() : ".", error);
    if (error)
        refuse(errc::not_found, file,
               "cannot be there, its directory is not (" + error.message() + "): make the directory or check the path");
    std::filesystem::path whole = parent / file.filename();
    if (whole.native().size() > longest_path)
        refuse(errc::misuse, file,
               "has a path that is too long: " + std::to_string(whole.native().size()) + " bytes, at most " + std::to_string(longest_path) +
                   " are possible; choose a folder that is less deep");
    return whole;
}

presence look_at(const std::filesystem::path& file, const file_mark& mark, bool allow_network) {
    const descriptor fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (fd.get() < 0) {
        if (errno == ENOENT) {
            const descriptor place(::open(file.parent_path().c_str(), O_PATH | O_CLOEXEC));
            if (place.get() >= 0 && !allow_network) check_file_system(file, place.get(), mark);
            return presence::absent;
        }
        if (errno == ELOOP) refuse(errc::misuse, file, "is a symbolic link: name the file that it stands for");
        if (errno == EACCES) refuse(errc::read_only, file, "may not be read by this user: mend its permissions");
        const int why = errno;
        refuse(code_of_system_error(why), file,
               std::string("cannot be opened (") + std::strerror(why) + "): " + advice_on_system_error(why));
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) refuse(errc::io, file, std::string("cannot be looked at: ") + std::strerror(errno));
    check_kind(file, info, fd.get(), mark, allow_network);
    check_header(file, fd.get(), mark);
    check_beside(file, mark);
    return presence::ours;
}

bool wal_holds_pages(const std::filesystem::path& file) {
    struct stat info {};
    return ::stat((file.string() + "-wal").c_str(), &info) == 0 && info.st_size > 0;
}

void harden(const connection& on) {
    on.set(SQLITE_DBCONFIG_DEFENSIVE, true);
    on.set(SQLITE_DBCONFIG_TRUSTED_SCHEMA, false);
    on.set(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false);
    on.set(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    sqlite3_limit(on.handle(), SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(on.handle(), SQLITE_LIMIT_LENGTH, 128 << 20);
    sqlite3_limit(on.handle(), SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
    on.run("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY");
}

}  // namespace acta::detail
