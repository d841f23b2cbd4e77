// What was written to a store, and whether a log tells exactly that, by every way of asking.
#pragma once

#include "support/reading.hpp"

namespace tests {

/// Of the whole store. Of one that ends earlier, the events up to there are right, and what was kept with them.
struct written {
    struct answer {
        acta::command_id id{};
        acta::answered what{};
    };
    struct snapshot {
        acta::position kept_at = 0;  ///< the last event that was stored together with it
        acta::snapshot what{};
    };
    std::vector<seen> events{};
    std::vector<answer> answers{};
    std::vector<snapshot> snapshots{};
    std::vector<std::string> types{};  ///< names and layouts
};

/// The events and types as `log` has them, and of what goes with them what the requests asked for.
written written_by(const std::vector<acta::append_request>& requests, const acta::log& log);

/// Does the log tell all there is up to its newest event? Not, where something that stands there is not found. Throws std::runtime_error
/// where anything is told that was not written so, and acta::failure where the log does.
bool tells_all(const acta::log& log, const written& good);

}  // namespace tests
