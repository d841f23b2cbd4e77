// How a read model is getting on, seen from any process.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/replay/read_model.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace acta {

class clock;
class log;

/// One read model beside its log. A projection that never started has no checkpoint, which is another thing than one at position 0.
struct read_model_status {
    std::filesystem::path file{};
    std::vector<read_model_info::projection> projections{};
    std::optional<acta::checkpoint> checkpoint{};  ///< nothing: never started
    acta::position head = 0;                       ///< of the log
    std::int64_t lag_events = 0;                   ///< positions between checkpoint and head
    std::chrono::microseconds lag_time{};          ///< since the first event that is not in the rows was recorded; 0: none is
    std::optional<double> events_per_second{};     ///< while it last had something to do; nothing: not measured yet
    std::optional<std::string> last_error{};       ///< the last failure of a projection, named with its event
    timestamp last_error_at{};
    std::size_t dead_letters = 0;
    std::optional<acta::position> rebuilding{};  ///< how far a rebuild under way has come
    std::optional<runner_holder> holder{};       ///< who runs it now
    std::optional<std::string> problem{};        ///< why a runner would refuse it: another store or history, damage, as a sentence
};

/// Of a file that need not be there: then nothing ever started. Throws as inspect_read_model does for what is no read model.
read_model_status status_of(const log& of, const std::filesystem::path& file, const clock& now);

/// The same, but what status_of throws is the `problem`, and everything else is as if nothing ever started.
read_model_status status_or_problem(const log& of, const std::filesystem::path& file, const clock& now);

/// Of every read model in `<store>.models/`, by file name, as status_or_problem.
std::vector<read_model_status> read_models_of(const log& of, const std::filesystem::path& store, const clock& now);

}  // namespace acta
