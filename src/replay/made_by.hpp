// Which program, or plugin, makes rows: so that a rebuild never goes on with what another build of it began.
#pragma once

#include <acta/replay/runner.hpp>

#include <string>

namespace acta::detail {

/// The same text as long as neither the code of the projections nor the system was replaced: names and revisions, the file that each one's
/// code is in with its size and time, and this boot of the system (what was not waited for may not have reached the disk before it).
std::string made_by(const runner::group& projections);

}  // namespace acta::detail
