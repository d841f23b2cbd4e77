// A read model's own tables (READ_MODEL.md).
#pragma once

#include <acta/event/clock.hpp>

#include "store/database.hpp"
#include "store/open_file.hpp"

namespace acta::detail {

inline constexpr file_mark model_mark{0x61637452, 1, "an acta read model"};  // "actR"

/// Makes the tables in an empty database, in one transaction.
void make_model(const connection& on, timestamp now);

/// Throws failure(damaged) when one of them is not as it was made.
void check_model(const connection& on);

}  // namespace acta::detail
