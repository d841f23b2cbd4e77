// A VFS between SQLite and another one, in which a test makes a call fail.
#include "faulty_vfs.hpp"

#include <new>
#include <stdexcept>
#include <utility>

namespace tests {

namespace {

using call = faulty_vfs::call;

/// SQLite's handle of a file; the system's stands behind it in the same memory.
struct file : sqlite3_file {
    faulty_vfs* of;
    std::string_view kind;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    int fails(call what) const { return of->fault(what, kind); }
};

file* ours(sqlite3_file* handle) { return static_cast<file*>(handle); }
sqlite3_file* real(sqlite3_file* handle) { return ours(handle)->real(); }

int close(sqlite3_file* handle) {
    const int code = real(handle)->pMethods->xClose(real(handle));
    ours(handle)->~file();
    return code;
}
int read(sqlite3_file* handle, void* to, int size, sqlite3_int64 at) {
    if (const int code = ours(handle)->fails(call::read)) return code;
    return real(handle)->pMethods->xRead(real(handle), to, size, at);
}
int write(sqlite3_file* handle, const void* from, int size, sqlite3_int64 at) {
    if (const int code = ours(handle)->fails(call::write)) {
        if (code == SQLITE_FULL && size > 1) real(handle)->pMethods->xWrite(real(handle), from, size / 2, at);
        return code;
    }
    return real(handle)->pMethods->xWrite(real(handle), from, size, at);
}
int truncate(sqlite3_file* handle, sqlite3_int64 size) {
    if (const int code = ours(handle)->fails(call::truncate)) return code;
    return real(handle)->pMethods->xTruncate(real(handle), size);
}
int sync(sqlite3_file* handle, int flags) {
    if (const int code = ours(handle)->fails(call::sync)) return code;
    return real(handle)->pMethods->xSync(real(handle), flags);
}
int file_size(sqlite3_file* handle, sqlite3_int64* size) { return real(handle)->pMethods->xFileSize(real(handle), size); }
int lock(sqlite3_file* handle, int kind) {
    if (const int code = ours(handle)->fails(call::lock)) return code;
    return real(handle)->pMethods->xLock(real(handle), kind);
}
int unlock(sqlite3_file* handle, int kind) { return real(handle)->pMethods->xUnlock(real(handle), kind); }
int check_lock(sqlite3_file* handle, int* out) { return real(handle)->pMethods->xCheckReservedLock(real(handle), out); }
int control(sqlite3_file* handle, int what, void* about) { return real(handle)->pMethods->xFileControl(real(handle), what, about); }
int sector_size(sqlite3_file* handle) { return real(handle)->pMethods->xSectorSize(real(handle)); }
int traits(sqlite3_file* handle) {
    const int all = real(handle)->pMethods->xDeviceCharacteristics(real(handle));
    return ours(handle)->of->powersafe ? all : all & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
int map_index(sqlite3_file* handle, int region, int size, int extend, void volatile** out) {
    if (const int code = ours(handle)->fails(call::map_index)) return code;
    return real(handle)->pMethods->xShmMap(real(handle), region, size, extend, out);
}
int lock_index(sqlite3_file* handle, int at, int count, int flags) {
    ours(handle)->of->play();
    if ((flags & SQLITE_SHM_LOCK) != 0)
        if (const int code = ours(handle)->fails(call::lock_index)) return code;
    return real(handle)->pMethods->xShmLock(real(handle), at, count, flags);
}
void barrier(sqlite3_file* handle) {
    ours(handle)->of->play();
    real(handle)->pMethods->xShmBarrier(real(handle));
}
int fetch(sqlite3_file*, sqlite3_int64, int, void** out) {  // no memory map
    *out = nullptr;
    return SQLITE_OK;
}
int unfetch(sqlite3_file* handle, sqlite3_int64, void*) {
    ours(handle)->of->play();
    return SQLITE_OK;
}
int unmap_index(sqlite3_file* handle, int remove) { return real(handle)->pMethods->xShmUnmap(real(handle), remove); }

const sqlite3_io_methods methods{3,       close,       read,   write,     truncate,   sync,    file_size,   lock,  unlock, check_lock,
                                 control, sector_size, traits, map_index, lock_index, barrier, unmap_index, fetch, unfetch};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* out_flags) {
    auto& of = *static_cast<faulty_vfs*>(vfs->pAppData);
    const std::string_view kind = (flags & SQLITE_OPEN_WAL) != 0 ? "-wal" : (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0 ? "-journal" : "";
    handle->pMethods = nullptr;
    if (const int code = of.fault(call::open, kind)) return code;
    auto* const made = new (handle) file{{}, &of, kind};
    const int code = of.over()->xOpen(of.over(), name, made->real(), flags, out_flags);
    made->pMethods = code == SQLITE_OK ? &methods : nullptr;
    return code;
}

sqlite3_vfs* under(sqlite3_vfs* vfs) { return static_cast<faulty_vfs*>(vfs->pAppData)->over(); }
int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) { return under(vfs)->xDelete(under(vfs), name, sync_directory); }
int access(sqlite3_vfs* vfs, const char* name, int flags, int* answer) { return under(vfs)->xAccess(under(vfs), name, flags, answer); }
int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) { return under(vfs)->xFullPathname(under(vfs), name, size, out); }

}  // namespace

faulty_vfs::faulty_vfs(const char* over) : over_(sqlite3_vfs_find(over)) {
    if (over_ == nullptr) throw std::runtime_error("there is no such VFS");
    static int number = 0;
    name_ = "faulty" + std::to_string(++number);
    vfs_ = *over_;
    vfs_.szOsFile += static_cast<int>(sizeof(file));
    vfs_.zName = name_.c_str();
    vfs_.pNext = nullptr;
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = tests::remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_path;
    if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw std::runtime_error("the VFS cannot be registered");
}

faulty_vfs::~faulty_vfs() { sqlite3_vfs_unregister(&vfs_); }

void faulty_vfs::play() {
    if (std::exchange(playing_, true)) return;
    interlude();
    playing_ = false;
}

void faulty_vfs::heal() {
    fault = [](call, std::string_view) { return SQLITE_OK; };
}

}  // namespace tests
