// The table of commands that were answered: said once, stored once.
#pragma once

#include <acta/store/append.hpp>

#include "database.hpp"

#include <optional>

namespace acta::detail {

/// One connection's view of it. Used by one thread at a time.
class answer_table {
public:
    explicit answer_table(const connection& on);

    /// Throws failure(damaged) when the row is not what was written.
    std::optional<answered> find(const command_id& id);
    /// Inside the writer's transaction.
    void insert(const command_id& id, const answered& what);
    /// Forgets a few of those recorded before that time, so that no transaction has to forget many.
    void forget_some(std::int64_t before);

private:
    const connection& on_;
    statement find_, insert_, forget_;
};

}  // namespace acta::detail
