// A disk in memory, as an SQLite VFS: when its power is cut, what was not synced is lost, or partly there, or torn.
#include "power_disk.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <stdexcept>
#include <utility>

namespace tests {

namespace {

using bytes = std::vector<unsigned char>;
constexpr std::size_t sector = 512;
constexpr std::size_t capacity = 256 << 20;  // of a file: a damaged store may want to write anywhere

/// A write, or where `truncates`, a new size.
struct change {
    std::size_t at = 0;
    bytes written{};
    bool truncates = false;
};

void put(bytes& to, const change& one, std::size_t begin, std::size_t end) {
    if (one.truncates) return to.resize(one.at);
    if (to.size() < one.at + end) to.resize(one.at + end);
    std::copy(one.written.begin() + static_cast<std::ptrdiff_t>(begin), one.written.begin() + static_cast<std::ptrdiff_t>(end),
              to.begin() + static_cast<std::ptrdiff_t>(one.at + begin));
}
void put(bytes& to, const change& one) { put(to, one, 0, one.written.size()); }

struct handle;

}  // namespace

struct power_disk::file {
    bytes now, disk;
    std::vector<change> unsynced;
    bool was_synced = false;
    // Locks, by SQLite's rules for one process.
    int sharers = 0;
    const handle *reserved = nullptr, *pending = nullptr, *exclusive = nullptr;
    std::vector<std::unique_ptr<unsigned char[]>> index;
    std::array<int, SQLITE_SHM_NLOCK> index_sharers{};
    std::array<const handle*, SQLITE_SHM_NLOCK> index_owner{};

    void change_by(change one) {
        put(now, one);
        unsynced.push_back(std::move(one));
    }
    void sync() {
        for (const change& one : unsynced) put(disk, one);
        unsynced.clear();
        was_synced = true;
    }
    void survive(std::mt19937_64& random) {
        enum fate { lost, kept, mixed, torn };
        const auto how = static_cast<fate>(random() % 4);
        for (const change& one : unsynced) {
            if (how == lost) break;
            if (how == kept) put(disk, one);
            else if (how == mixed || one.truncates) random() % 2 == 0 ? put(disk, one) : void();
            else
                for (std::size_t begin = 0; begin < one.written.size();) {  // ends where the disk's sectors end
                    const std::size_t end = std::min(one.written.size(), begin + sector - (one.at + begin) % sector);
                    if (random() % 2 == 0) put(disk, one, begin, end);
                    begin = end;
                }
        }
        now = disk;
        unsynced.clear();
    }
};

namespace {

using file = power_disk::file;

struct handle : sqlite3_file {
    power_disk* of = nullptr;
    std::shared_ptr<file> in;
    std::string name;
    int lock = SQLITE_LOCK_NONE;
    unsigned index_shared = 0, index_exclusive = 0;
    bool temporary = false;
};

handle& ours(sqlite3_file* at) { return *static_cast<handle*>(at); }

int unlock(sqlite3_file* at, int level) {
    handle& my = ours(at);
    if (my.lock <= level) return SQLITE_OK;
    if (my.in->exclusive == &my) my.in->exclusive = nullptr;
    if (my.in->pending == &my) my.in->pending = nullptr;
    if (my.in->reserved == &my) my.in->reserved = nullptr;
    if (level == SQLITE_LOCK_NONE) --my.in->sharers;
    my.lock = level;
    return SQLITE_OK;
}
int unmap_index(sqlite3_file* at, int) {
    handle& my = ours(at);
    for (unsigned i = 0; i < SQLITE_SHM_NLOCK; ++i) {
        if ((my.index_shared >> i & 1) != 0) --my.in->index_sharers[i];
        if ((my.index_exclusive >> i & 1) != 0) my.in->index_owner[i] = nullptr;
    }
    my.index_shared = my.index_exclusive = 0;
    return SQLITE_OK;
}
int close(sqlite3_file* at) {
    handle& my = ours(at);
    unmap_index(at, 0);
    unlock(at, SQLITE_LOCK_NONE);
    if (my.temporary) my.of->remove(my.name);
    my.~handle();
    return SQLITE_OK;
}
int read(sqlite3_file* at, void* to, int size, sqlite3_int64 from) {
    const handle& my = ours(at);
    if (my.of->is_off()) return SQLITE_IOERR_READ;
    const auto begin = std::min(static_cast<std::size_t>(from), my.in->now.size());
    const auto count = std::min(static_cast<std::size_t>(size), my.in->now.size() - begin);
    auto* const out = static_cast<unsigned char*>(to);
    std::copy_n(my.in->now.begin() + static_cast<std::ptrdiff_t>(begin), count, out);
    std::fill(out + count, out + size, static_cast<unsigned char>(0));
    return count == static_cast<std::size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}
/// The call in which the power goes may have reached the disk, but answers nobody.
int changed(const handle& my, change one, int error) {
    if (!my.of->powered()) return error;
    my.in->change_by(std::move(one));
    return my.of->is_off() ? error : SQLITE_OK;
}
int write(sqlite3_file* at, const void* from, int size, sqlite3_int64 to) {
    const auto* const begin = static_cast<const unsigned char*>(from);
    if (static_cast<std::size_t>(to) > capacity) return SQLITE_FULL;
    return changed(ours(at), {static_cast<std::size_t>(to), bytes(begin, begin + size), false}, SQLITE_IOERR_WRITE);
}
int truncate(sqlite3_file* at, sqlite3_int64 size) {
    return changed(ours(at), {static_cast<std::size_t>(size), {}, true}, SQLITE_IOERR_TRUNCATE);
}
int sync(sqlite3_file* at, int) {
    const handle& my = ours(at);
    if (!my.of->powered() || my.of->is_off()) return SQLITE_IOERR_FSYNC;
    if (!my.of->lies()) my.in->sync();
    return SQLITE_OK;
}
int file_size(sqlite3_file* at, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(ours(at).in->now.size());
    return ours(at).of->is_off() ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}
int lock(sqlite3_file* at, int level) {
    handle& my = ours(at);
    file& in = *my.in;
    const auto others = [&](const handle* who) { return who != nullptr && who != &my; };
    if (my.lock >= level) return SQLITE_OK;
    if (others(in.exclusive) || (my.lock == SQLITE_LOCK_NONE && others(in.pending))) return SQLITE_BUSY;
    if (my.lock == SQLITE_LOCK_NONE) ++in.sharers, my.lock = SQLITE_LOCK_SHARED;
    if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
    if (others(in.reserved) || others(in.pending)) return SQLITE_BUSY;
    in.reserved = &my, my.lock = SQLITE_LOCK_RESERVED;
    if (level == SQLITE_LOCK_RESERVED) return SQLITE_OK;
    in.pending = &my, my.lock = SQLITE_LOCK_PENDING;
    if (in.sharers > 1) return SQLITE_BUSY;
    in.exclusive = &my, my.lock = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}
int check_lock(sqlite3_file* at, int* held) {
    *held = ours(at).in->reserved != nullptr ? 1 : 0;
    return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4'096; }
int traits(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }
int map_index(sqlite3_file* at, int region, int size, int extend, void volatile** out) {
    auto& index = ours(at).in->index;
    *out = nullptr;
    while (extend != 0 && index.size() <= static_cast<std::size_t>(region))
        index.push_back(std::make_unique<unsigned char[]>(static_cast<std::size_t>(size)));
    if (index.size() > static_cast<std::size_t>(region)) *out = index[static_cast<std::size_t>(region)].get();
    return SQLITE_OK;
}
int lock_index(sqlite3_file* at, int first, int count, int flags) {
    handle& my = ours(at);
    file& in = *my.in;
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0, locks = (flags & SQLITE_SHM_LOCK) != 0;
    unsigned& mine = exclusive ? my.index_exclusive : my.index_shared;
    for (int i = first; locks && i < first + count; ++i) {
        const auto slot = static_cast<std::size_t>(i);
        if (in.index_owner[slot] != nullptr && in.index_owner[slot] != &my) return SQLITE_BUSY;
        if (exclusive && in.index_sharers[slot] > static_cast<int>(my.index_shared >> i & 1)) return SQLITE_BUSY;
    }
    for (int i = first; i < first + count; ++i) {
        const auto slot = static_cast<std::size_t>(i);
        if ((mine >> i & 1U) == (locks ? 1U : 0U)) continue;
        mine ^= 1U << i;
        if (exclusive) in.index_owner[slot] = locks ? &my : nullptr;
        else in.index_sharers[slot] += locks ? 1 : -1;
    }
    return SQLITE_OK;
}
void barrier(sqlite3_file*) {}
int fetch(sqlite3_file*, sqlite3_int64, int, void** out) {
    *out = nullptr;
    return SQLITE_OK;
}
int unfetch(sqlite3_file*, sqlite3_int64, void*) { return SQLITE_OK; }

const sqlite3_io_methods methods{3,       close,       read,   write,     truncate,   sync,    file_size,   lock,  unlock, check_lock,
                                 control, sector_size, traits, map_index, lock_index, barrier, unmap_index, fetch, unfetch};

power_disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<power_disk*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* at, int flags, int* out_flags) {
    power_disk& of = disk_of(vfs);
    static int temporaries = 0;
    at->pMethods = nullptr;
    if (of.is_off()) return SQLITE_CANTOPEN;
    const std::string path = name != nullptr ? name : "temporary " + std::to_string(++temporaries);
    auto in = of.find(path, (flags & SQLITE_OPEN_CREATE) != 0);
    if (!in) return SQLITE_CANTOPEN;
    auto* const made = new (at) handle;
    made->of = &of;
    made->in = std::move(in);
    made->name = path;
    made->temporary = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    made->pMethods = &methods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}
int remove(sqlite3_vfs* vfs, const char* name, int) {
    if (!disk_of(vfs).powered()) return SQLITE_IOERR_DELETE;
    return disk_of(vfs).remove(name) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}
int access(sqlite3_vfs* vfs, const char* name, int, int* answer) {
    *answer = disk_of(vfs).find(name, false) ? 1 : 0;
    return SQLITE_OK;
}
int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

}  // namespace

power_disk::power_disk() {
    static int number = 0;
    name_ = "power disk " + std::to_string(++number);
    vfs_ = *sqlite3_vfs_find(nullptr);
    vfs_.szOsFile = static_cast<int>(sizeof(handle));
    vfs_.zName = name_.c_str();
    vfs_.pNext = nullptr;
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = tests::remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_path;
    if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw std::runtime_error("the VFS cannot be registered");
}

power_disk::~power_disk() { sqlite3_vfs_unregister(&vfs_); }

std::shared_ptr<file> power_disk::find(const std::string& name, bool make) {
    const auto at = files_.find(name);
    if (at != files_.end()) return at->second;
    return make ? files_.emplace(name, std::make_shared<file>()).first->second : nullptr;
}

bool power_disk::powered() {
    if (off_) return false;
    if (left_ > 0 && --left_ == 0) off_ = true;
    return true;
}

void power_disk::restore(std::mt19937_64& random) {
    for (auto at = files_.begin(); at != files_.end();) {
        const auto before = std::exchange(at->second, std::make_shared<file>());
        before->survive(random);
        at->second->now = at->second->disk = before->disk;
        at->second->was_synced = before->was_synced;
        at = !before->was_synced && random() % 2 == 0 ? files_.erase(at) : std::next(at);
    }
    off_ = false;
    left_ = 0;
}

void power_disk::drop_unsynced() {
    for (const auto& [name, in] : files_) in->unsynced.clear();
}

power_disk::image power_disk::contents() const {
    image out;
    for (const auto& [name, in] : files_) out[name] = in->now;
    return out;
}

void power_disk::load(const image& files) {
    files_.clear();
    for (const auto& [name, content] : files) {
        const auto made = find(name, true);
        made->now = made->disk = content;
        made->was_synced = true;
    }
    off_ = false;
    left_ = 0;
}

}  // namespace tests
