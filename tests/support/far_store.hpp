// A store that seems to have had very many events: its newest one stands at a position of one's choice.
#pragma once

#include <acta/event/envelope.hpp>

#include <filesystem>

namespace tests {

/// Gives the newest entry of a closed store, one event, that position and that version, sealed anew. Before it there is a gap, which
/// verify and whoever reads across it find.
void move_newest_event(const std::filesystem::path& store, acta::position to, acta::version version);

}  // namespace tests
