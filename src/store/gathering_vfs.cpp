// A VFS over another one that writes the write-ahead log in few large pieces where SQLite writes two small ones for each page.
#include "gathering_vfs.hpp"

#include <acta/event/result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

namespace acta::detail {

namespace {

constexpr sqlite3_int64 most_gathered = 31 * 4'120;  // frames; SQLite's own unix VFS writes less than 128 KiB at a call

/// SQLite's handle of a write-ahead log; that of the VFS below stands behind it in the same memory.
struct gathered_file : sqlite3_file {
    explicit gathered_file(std::unique_ptr<unsigned char[]> room) : sqlite3_file{}, bytes(std::move(room)) {}

    std::unique_ptr<unsigned char[]> bytes;
    sqlite3_int64 begin = 0, size = 0;

    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }

    /// What cannot be written is given up: SQLite hears of it and rolls back.
    int write_out() {
        if (size == 0) return SQLITE_OK;
        const auto count = static_cast<int>(size);
        size = 0;
        return below()->pMethods->xWrite(below(), bytes.get(), count, begin);
    }
};

static_assert(sizeof(gathered_file) % alignof(std::max_align_t) == 0);

gathered_file* of(sqlite3_file* handle) { return static_cast<gathered_file*>(handle); }

int close(sqlite3_file* handle) {
    gathered_file* const file = of(handle);
    const int code = file->below()->pMethods->xClose(file->below());
    file->~gathered_file();
    return code;
}
int write(sqlite3_file* handle, const void* from, int count, sqlite3_int64 at) {
    gathered_file* const file = of(handle);
    if (file->size != 0 && (at != file->begin + file->size || file->size + count > most_gathered))
        if (const int code = file->write_out()) return code;
    if (count > most_gathered) return file->below()->pMethods->xWrite(file->below(), from, count, at);
    if (file->size == 0) file->begin = at;
    std::memcpy(file->bytes.get() + file->size, from, static_cast<std::size_t>(count));
    file->size += count;
    return SQLITE_OK;
}
int read(sqlite3_file* handle, void* to, int count, sqlite3_int64 at) {
    if (const int code = of(handle)->write_out()) return code;
    return of(handle)->below()->pMethods->xRead(of(handle)->below(), to, count, at);
}
int truncate(sqlite3_file* handle, sqlite3_int64 size) {
    if (const int code = of(handle)->write_out()) return code;
    return of(handle)->below()->pMethods->xTruncate(of(handle)->below(), size);
}
int sync(sqlite3_file* handle, int flags) {
    if (const int code = of(handle)->write_out()) return code;
    return of(handle)->below()->pMethods->xSync(of(handle)->below(), flags);
}
int file_size(sqlite3_file* handle, sqlite3_int64* size) {
    if (const int code = of(handle)->write_out()) return code;
    return of(handle)->below()->pMethods->xFileSize(of(handle)->below(), size);
}
int lock(sqlite3_file* handle, int kind) { return of(handle)->below()->pMethods->xLock(of(handle)->below(), kind); }
int unlock(sqlite3_file* handle, int kind) { return of(handle)->below()->pMethods->xUnlock(of(handle)->below(), kind); }
int check_lock(sqlite3_file* handle, int* held) { return of(handle)->below()->pMethods->xCheckReservedLock(of(handle)->below(), held); }
int control(sqlite3_file* handle, int what, void* about) {
    return of(handle)->below()->pMethods->xFileControl(of(handle)->below(), what, about);
}
int sector_size(sqlite3_file* handle) { return of(handle)->below()->pMethods->xSectorSize(of(handle)->below()); }
int traits(sqlite3_file* handle) { return of(handle)->below()->pMethods->xDeviceCharacteristics(of(handle)->below()); }

const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = file_size,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = traits,
    // A write-ahead log is neither shared memory nor mapped.
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* under(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* out_flags) {
    sqlite3_vfs* const below = under(vfs);
    const auto plainly = [&] { return below->xOpen(below, name, handle, flags, out_flags); };
    if ((flags & SQLITE_OPEN_WAL) == 0) return plainly();
    // Where a disk may tear what lies beside a write, the rest of the last frame is written behind the sync of its COMMIT.
    sqlite3_file* const database = sqlite3_database_file_object(name);
    if ((database->pMethods->xDeviceCharacteristics(database) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) == 0) return plainly();
    handle->pMethods = nullptr;
    std::unique_ptr<unsigned char[]> room(new (std::nothrow) unsigned char[most_gathered]);
    if (!room) return SQLITE_NOMEM;
    auto* const file = new (handle) gathered_file(std::move(room));
    const int code = below->xOpen(below, name, file->below(), flags, out_flags);
    if (code == SQLITE_OK) {
        file->pMethods = &methods;
    } else {
        if (file->below()->pMethods != nullptr) file->below()->pMethods->xClose(file->below());
        file->~gathered_file();
        handle->pMethods = nullptr;
    }
    return code;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) { return under(vfs)->xDelete(under(vfs), name, sync_directory); }
int access(sqlite3_vfs* vfs, const char* name, int flags, int* answer) { return under(vfs)->xAccess(under(vfs), name, flags, answer); }
int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) { return under(vfs)->xFullPathname(under(vfs), name, size, out); }
int randomness(sqlite3_vfs* vfs, int count, char* out) { return under(vfs)->xRandomness(under(vfs), count, out); }
int sleep(sqlite3_vfs* vfs, int microseconds) { return under(vfs)->xSleep(under(vfs), microseconds); }
int time(sqlite3_vfs* vfs, double* out) { return under(vfs)->xCurrentTime(under(vfs), out); }
int last_error(sqlite3_vfs* vfs, int size, char* out) { return under(vfs)->xGetLastError(under(vfs), size, out); }
int milliseconds(sqlite3_vfs* vfs, sqlite3_int64* out) { return under(vfs)->xCurrentTimeInt64(under(vfs), out); }

}  // namespace

gathering_vfs::gathering_vfs(const std::string& over) {
    sqlite3_vfs* const below = sqlite3_vfs_find(over.empty() ? nullptr : over.c_str());
    if (below == nullptr) throw failure(errc::io, "there is no SQLite VFS named '" + over + "': register it before the store is opened");
    static std::atomic<int> number{0};  // the address tells apart the copies of acta that share an SQLite
    name_ = "acta " + std::to_string(++number) + " " + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    vfs_.iVersion = below->iVersion >= 2 ? 2 : 1;
    vfs_.szOsFile = static_cast<int>(sizeof(gathered_file)) + below->szOsFile;
    vfs_.mxPathname = below->mxPathname;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = below;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_path;
    vfs_.xRandomness = randomness;
    vfs_.xSleep = sleep;
    vfs_.xCurrentTime = time;
    if (below->xGetLastError != nullptr) vfs_.xGetLastError = last_error;
    if (vfs_.iVersion >= 2 && below->xCurrentTimeInt64 != nullptr) vfs_.xCurrentTimeInt64 = milliseconds;
    if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw failure(errc::io, "SQLite takes no further VFS: free some memory");
}

void gathering_vfs::forget(sqlite3* of_connection) noexcept {
    sqlite3_file* log = nullptr;
    if (sqlite3_file_control(of_connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != nullptr &&
        log->pMethods == &methods)
        of(log)->size = 0;
}

gathering_vfs::~gathering_vfs() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace acta::detail
