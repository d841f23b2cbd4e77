// What a golden store holds: every type of payload, tags, metadata, several streams in one append, events that have changed since, answered
// commands and a snapshot.
#pragma once

#include <acta/store/log.hpp>

#include <vector>

namespace golden {

/// The appends, in order. A new golden store is written from these; older ones hold what stood here at the time, so add at the end only.
std::vector<acta::append_request> history();

/// Ids of commands that were answered: one with an event in the stream account-eve, one refused.
extern const acta::command_id order, transfer;
acta::snapshot snapshot_of_ada();

/// What a log holds, a line for each event: the text that stands beside a golden store.
std::string lines_of(const acta::log& log);

}  // namespace golden
