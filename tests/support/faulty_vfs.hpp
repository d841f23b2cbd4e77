// A VFS between SQLite and another one, in which a test makes a call fail.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <string>
#include <string_view>

namespace tests {

/// Registered under a name of its own while it lives. Used by one thread at a time.
class faulty_vfs {
public:
    enum class call { open, read, write, truncate, sync, lock, map_index, lock_index };

    /// Over the VFS of that name, which outlives it, or the system's.
    explicit faulty_vfs(const char* over = nullptr);
    faulty_vfs(const faulty_vfs&) = delete;
    faulty_vfs& operator=(const faulty_vfs&) = delete;
    ~faulty_vfs();

    const std::string& name() const noexcept { return name_; }

    /// Asked before each call, with the end of the file's name ("", "-wal", "-journal"): answers SQLITE_OK or what the call shall answer
    /// instead of being made. A write that answers SQLITE_FULL has written its first half.
    std::function<int(call, std::string_view file)> fault = [](call, std::string_view) { return SQLITE_OK; };
    /// Called before each step that connections synchronise by: a lock or a barrier of the shared index, and the moment in a checkpoint when it
    /// has read what there is to copy. What it does itself does not call it again.
    std::function<void()> interlude = [] {};
    /// Does the disk claim that a write never tears what lies beside it?
    bool powersafe = true;
    /// For the VFS's own functions.
    void play();
    /// No more faults.
    void heal();

    sqlite3_vfs* over() const noexcept { return over_; }

private:
    sqlite3_vfs* over_;
    std::string name_;
    sqlite3_vfs vfs_{};
    bool playing_ = false;
};

}  // namespace tests
