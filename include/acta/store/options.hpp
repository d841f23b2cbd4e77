// How a store is opened: what it does in the first half, how fast in the second.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <chrono>
#include <cstddef>
#include <string>

#include <acta/event/clock.hpp>

namespace acta {

struct options {
    // ---- behaviour
    bool create = true;                              ///< make the store when the file is not there
    bool read_only = false;                          ///< refuse appends and change nothing on disk
    bool allow_network_file_system = false;          ///< locks on NFS, SMB and the like may lie: refused unless this is set
    std::size_t max_event_size = 1 << 20;            ///< bytes of one payload; at most 64 MiB
    const acta::clock* clock = &clock::system();     ///< borrowed; stamps recorded_at
    std::string vfs{};                               ///< name of a registered SQLite VFS; empty: the default one

    // ---- speed
    std::chrono::milliseconds busy_timeout{10'000};  ///< how long to wait for another process that writes
    std::size_t checkpoint_pages = 1'000;            ///< pages in the write-ahead log after which it is copied back
};

}  // namespace acta
