// acta::rebuild: a read model made anew from the first event, beside the live one, and put in its place at once.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/replay/runner.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace acta {

/// How a rebuild is getting on.
struct rebuild_progress {
    acta::position position = 0;  ///< reached
    acta::position until = 0;     ///< to be reached
    double events_per_second = 0;
    std::optional<std::chrono::milliseconds> left{};  ///< about; nothing: cannot be told yet
};

struct rebuild_options {
    runner_options run{};  ///< how the fresh rows are made; on_parked and on_commit speak of the fresh read model
    /// Called after every page of about 1,000 events, on the caller's thread. False cancels: the call under way throws failure(cancelled), and the next rebuild goes
    /// on from there.
    std::function<bool(const rebuild_progress&)> tell{};
};

/// One table before and after.
struct table_difference {
    std::string table{};
    std::uint64_t added = 0, changed = 0, removed = 0;  ///< rows, told apart by their keys
    bool columns_differ = false;                        ///< then rows are not compared: all old ones go, all new ones come
    struct sample {
        std::string before{}, after{};  ///< a row as JSON; empty where there is none
    };
    std::vector<sample> samples{};
};

/// What a rebuild would change: the fresh rows and the live ones at the same position.
struct rebuild_difference {
    acta::position position = 0;
    std::vector<table_difference> tables{};     ///< those that differ
    std::vector<dead_letter> letters_before{};  ///< what these keep out of the live rows may explain the difference,
    std::vector<dead_letter> letters_after{};   ///< or what these keep out of the fresh ones
    bool empty() const noexcept { return tables.empty(); }
};

struct rebuilt {
    acta::position position = 0;
    std::int64_t generation = 0;
    std::uint64_t events = 0;  ///< delivered by this rebuild; fewer than the log has when it went on from an interrupted one
    std::size_t dead_letters = 0;
};

/// A rebuild of one projection or group. The fresh rows are made in a file beside the read model (`<file>.rebuild`); replace() puts them into
/// the live file in one transaction, so that readers see old or new and never reopen, and a runner, here or in another process, goes on
/// with them. Interrupted (killed, cancelled) it leaves that file, and the next one goes on from it, unless the program or
/// plugin that made it is another one by now. Events that still fail are parked again; what is mended is applied, and its letter
/// gone. Reactions do not fire. Thread rule: one thread at a time; the live runner may go on in any other.
class rebuild {
public:
    /// `from` and the projections' tables outlive it. Throws what runner's constructor throws, and failure(busy) when another rebuild of this
    /// file is under way. A live file that is outdated, or of another history, is what a rebuild is for; one of another store or of other
    /// projections is refused with failure(other_read_model).
    rebuild(const log& from, const std::filesystem::path& file, const runner::group& projections, const rebuild_options& how = {});
    rebuild(const log& from, const std::filesystem::path& file, const acta_projection& projection, const rebuild_options& how = {})
        : rebuild(from, file, runner::group{&projection}, how) {}
    rebuild(const rebuild&) = delete;
    rebuild& operator=(const rebuild&) = delete;
    ~rebuild();

    /// Compares with the live rows, at most `samples` of each table and kind. To be called before run().
    rebuild_difference difference(std::size_t samples = 3);
    /// Brings the fresh rows up to the head, their indexes last.
    void run();
    /// Puts them in place, at or beyond the live checkpoint (run() first, if it was not called). Nothing else may be called afterwards.
    rebuilt replace();
    /// Takes the fresh file away instead.
    void discard();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace acta
