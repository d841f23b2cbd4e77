// A dead letter as text.
#pragma once

#include <acta/replay/dead_letters.hpp>

#include <string>

namespace acta::cli {

/// One line: projection, stream, version, position, attempts, error.
std::string sentence_of(const dead_letter& letter);

/// An object of kind "dead_letter". `rows` says whose rows it keeps events out of: "live", or "fresh" ones of a rebuild. `event` is the
/// parked event as JSON; empty: it is left out.
std::string json_of(const dead_letter& letter, const std::string& read_model, const std::string& rows, const std::string& event = {});

}  // namespace acta::cli
