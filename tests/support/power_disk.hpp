// A disk in memory, as an SQLite VFS: when its power is cut, what was not synced is lost, or partly there, or torn.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tests {

/// Registered under a name of its own while it lives. Used by one thread at a time. Files are named by paths whose folders need be nowhere.
class power_disk {
public:
    power_disk();
    power_disk(const power_disk&) = delete;
    power_disk& operator=(const power_disk&) = delete;
    ~power_disk();

    const std::string& name() const noexcept { return name_; }

    /// The power goes in the middle of the n-th write, sync, truncation or removal from now on; every call fails from then on.
    void cut_at(std::uint64_t n) { left_ = n; }
    void stay_on() { left_ = 0; }
    bool is_off() const noexcept { return off_; }

    /// The power is back. Of each file, what was written since its last sync is all there, all lost, or each write for itself is there, lost,
    /// or there in some of its pieces of 512 bytes; a file that was never synced may be gone. All handles are closed by then.
    void restore(std::mt19937_64& random);

    /// A sync is a lie from now on: for the test that must notice it.
    void lie() { lies_ = true; }

    /// What was written since the last sync can be read, and never reaches the disk: what Linux does after a sync that failed.
    void drop_unsynced();

    /// The files as after a sync of them all.
    using image = std::map<std::string, std::vector<unsigned char>>;
    image contents() const;
    void load(const image& files);

    struct file;

    // ---- for the VFS's own functions
    std::shared_ptr<file> find(const std::string& name, bool make);
    bool remove(const std::string& name) { return files_.erase(name) > 0; }
    /// Counts a call that changes the disk. False: the power has gone before it.
    bool powered();
    bool lies() const noexcept { return lies_; }

private:
    std::string name_;
    sqlite3_vfs vfs_{};
    std::map<std::string, std::shared_ptr<file>> files_;
    std::uint64_t left_ = 0;  // until the power goes; 0: it stays
    bool off_ = false;
    bool lies_ = false;
};

}  // namespace tests
