// How a store is opened: what it does in the first half, how fast in the second.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace acta {

/// What an acknowledged append has survived.
enum class durability : std::uint8_t {
    full,           ///< the disk has it: neither kill -9 nor a power cut loses it
    process_crash,  ///< the system has it: kill -9 loses nothing, but a power cut or a crash of the system may take the last appends, those
                    ///< since the write-ahead log was last copied back; what is left is whole, in order and undamaged
};

struct options {
    // ---- behaviour
    bool create = true;                              ///< make the store when the file is not there
    bool read_only = false;                          ///< refuse appends and change nothing on disk
    bool allow_network_file_system = false;          ///< locks on NFS, SMB and the like may lie: refused unless this is set
    std::size_t max_event_size = 1 << 20;            ///< bytes of one payload; at most 64 MiB
    const acta::clock* clock = &clock::system();     ///< borrowed; stamps recorded_at
    std::string vfs{};                               ///< name of a registered SQLite VFS; empty: the default one
    acta::durability durability = durability::full;  ///< what an acknowledged append has survived
    std::chrono::hours command_age{24 * 30};         ///< how long a command id is known; older ones are forgotten little by little

    // ---- speed
    std::chrono::milliseconds busy_timeout{10'000};  ///< how long an append waits behind other threads, and again behind other processes
    std::size_t queue_bytes = 64 << 20;              ///< of the appends that wait for the writer: who comes then waits for room
    std::size_t checkpoint_pages = 4'000;            ///< pages in the write-ahead log after which it is copied back
};

}  // namespace acta
