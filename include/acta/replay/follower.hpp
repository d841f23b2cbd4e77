// acta::follower: keeps a read model up to date for as long as the program runs, whatever goes wrong on the way.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/replay/rebuild.hpp>
#include <acta/replay/runner.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace acta {

enum class follower_state : std::uint8_t {
    not_started,
    standing_by,  ///< another runner has the read model; taken over when it ends
    rebuilding,   ///< the projection changed since the read model was made
    catching_up,
    up_to_date,
    failing,  ///< an event or the world failed; it is tried again
    stopped   ///< by on_failure::stop, or by something that no further attempt mends: see last_error
};
const char* to_string(follower_state state) noexcept;

struct follower_options {
    runner_options run{};
    bool rebuild_when_outdated = true;  ///< false: stop with a sentence instead
    /// On the thread that steps, each after the fact; what they throw is ignored.
    std::function<void(const checkpoint&)> on_progress{};
    std::function<void(const std::string&)> on_failed{};  ///< once for each failure, however often it is tried again
    std::function<void(const dead_letter&)> on_dead_letter{};
    std::function<void(const rebuild_progress&)> on_rebuild{};
};

/// What a follower says of itself; status_of(log, file) tells the rest.
struct follower_status {
    follower_state state = follower_state::not_started;
    acta::position position = 0;
    std::optional<std::string> last_error{};
};

/// When the next step is due: not before `at`, or as soon as the head lies beyond `beyond`, whichever comes first.
struct next_step {
    std::chrono::steady_clock::time_point at{};
    std::optional<acta::position> beyond{};
};

/// How a wait ended.
struct waited {
    enum class how : std::uint8_t { applied, parked, stopped, timed_out };
    how ended = how::timed_out;
    std::string why{};  ///< a sentence, unless applied
    explicit operator bool() const noexcept { return ended == how::applied; }
};

/// A runner that opens, stands by, takes over, rebuilds, backs off and goes on by itself. It owns no thread: whoever has one calls step()
/// when it is due, or run(). Nothing that a projection, its file or the log does wrong leaves step(): status() tells.
/// Thread rule: step() and run() from one thread at a time; everything else from any.
class follower {
public:
    /// `from` and the projections' tables outlive it. Touches no file yet.
    follower(const log& from, std::filesystem::path file, runner::group projections, follower_options how = {});
    follower(const follower&) = delete;
    follower& operator=(const follower&) = delete;
    ~follower();

    /// One piece of work, about options.run.batch_time long at most (a rebuild: as long as that takes).
    next_step step();
    /// Steps until it is asked to stop, waiting in between. Answers at the end of the step under way.
    void run(const std::stop_token& stop);
    /// Interrupts a rebuild under way, so that step() answers soon.
    void stop() noexcept;

    follower_status status() const;
    const std::filesystem::path& file() const noexcept;
    acta::position position() const noexcept;

    /// Waits until every event up to `where` is in the rows. With `stream` and `of`, an event's place, it also tells when a dead letter
    /// keeps just that event out: of the rows of `projection`, or, where none is named, of any in the group.
    waited wait(acta::position where, std::chrono::steady_clock::time_point deadline, std::string_view stream = {}, acta::version of = 0,
                std::string_view projection = {}) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace acta
