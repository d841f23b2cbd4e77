// The checks before SQLite may touch a file, and what every handle is set to afterwards.
#pragma once

#include "database.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace acta::detail {

/// What marks a file as one of ours: SQLite's application_id and user_version.
struct file_mark {
    std::uint32_t application_id = 0;
    std::uint32_t format = 0;     ///< the newest that this program knows
    const char* kind = "";        ///< "an acta store", for sentences
    const char* on_network = "";  ///< how to allow a network file system, for sentences
};

enum class presence : std::uint8_t { absent, ours };

/// The path with its parent made canonical, so that SQLITE_OPEN_NOFOLLOW refuses only a link that stands for the file itself.
/// Throws failure(not_found) when the parent is not there, failure(misuse) when the path is longer than 460 bytes.
std::filesystem::path canonical_parent(const std::filesystem::path& file);

/// Looks at the file, or at the directory where it may be made, without changing a byte: nothing there, or a regular file of ours. Throws
/// failure with one sentence for everything else: not_a_store, newer_format, damaged (cut short, a rollback journal beside it), misuse
/// (linked twice, network file system, a side file of SQLite's that is none), io.
presence look_at(const std::filesystem::path& file, const file_mark& mark, bool allow_network_file_system);

/// Does the write-ahead log beside the file hold anything?
bool wal_holds_pages(const std::filesystem::path& file);

/// Refuses what a hostile file could make SQLite do: DEFENSIVE, no trusted schema, no extensions, cell checks, no memory map, limits;
/// and takes checkpoints into our own hands (wal_autocheckpoint 0, none at close).
void harden(const connection& on);

}  // namespace acta::detail
