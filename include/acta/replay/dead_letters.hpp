// Dead letters: events that a projection could not handle and that were set aside, so that everything else goes on.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/event/envelope.hpp>
#include <acta/read/abi.h>

#include <filesystem>
#include <string>
#include <vector>

namespace acta {

class clock;
class log;

/// What a projection failed on. It stands in the read model, and is written once the failed batch has been rolled back.
struct dead_letter {
    std::string projection{};
    std::string stream{};
    acta::version version = 0;    ///< of the event in its stream: the first one that is not in the rows
    acta::position position = 0;  ///< of that event
    std::string type{};           ///< its stored name
    std::uint32_t revision = 0;
    std::string error{};         ///< the projection's words
    std::uint32_t attempts = 0;  ///< how often it was tried
    bool whole_stream = true;    ///< the stream's later events are skipped as well
    timestamp parked_at{};
};

/// The letters of a read model by projection, stream and version. Throws as inspect_read_model does.
std::vector<dead_letter> dead_letters(const std::filesystem::path& file);

/// Applies what a letter kept out: the events of its stream from its version up to the checkpoint, or that one event, all in one
/// transaction; then the letter is gone. May be called while the runner, here or in another process, goes on: it notices. Throws
/// failure(projection_failed) when an event fails again: the rows are as they were, and the letter has one attempt more and the
/// new words. Throws failure(not_found) when there is no such letter, and what opening throws (runner::runner).
/// Answers how many events were applied.
std::uint64_t retry_dead_letter(const log& from, const std::filesystem::path& file, const acta_projection& projection,
                                const dead_letter& letter, const clock& now);

/// Gives up what a letter kept out: it stays out of the rows until a rebuild, and the stream's events behind the checkpoint are applied
/// again. May be called while a runner goes on. Throws failure(not_found) when there is no such letter.
void discard_dead_letter(const std::filesystem::path& file, const dead_letter& letter, const clock& now);

}  // namespace acta
