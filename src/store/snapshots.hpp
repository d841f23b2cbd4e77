// The table of snapshots: the newest folded state of each stream, worth nothing by itself.
#pragma once

#include <acta/store/snapshot.hpp>

#include "database.hpp"

#include <optional>

namespace acta::detail {

/// One connection's view of it. Used by one thread at a time.
class snapshot_table {
public:
    explicit snapshot_table(const connection& on);

    /// Nothing also where the row is not what was written: a snapshot that cannot be read never stops a reading.
    std::optional<snapshot> find(std::int64_t stream, const stream_name& name);
    /// Inside the writer's transaction; in the place of the one that the stream has.
    void put(std::int64_t stream, const snapshot& one);

private:
    statement find_, put_;
};

}  // namespace acta::detail
