// acta::runner: brings a read model up to date with its log, batch by batch.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/replay/dead_letters.hpp>
#include <acta/replay/feed.hpp>
#include <acta/replay/read_model.hpp>
#include <acta/replay/reading.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace acta {

/// What becomes of an event that a projection has failed on as often as it may.
enum class on_failure : std::uint8_t {
    park_stream,  ///< a dead letter; the later events of its stream are skipped until it is retried or discarded
    park,         ///< a dead letter for that event alone: for projections to which the order does not matter
    stop          ///< the runner throws; what came before is kept
};

struct runner_options {
    // ---- behaviour
    const acta::clock* clock = &clock::system();  ///< borrowed; stamps checkpoints and letters
    on_failure failing = on_failure::park_stream;
    std::uint32_t attempts = 3;                           ///< how often an event is tried, at least 1
    std::chrono::milliseconds back_off{20};               ///< before the second attempt; doubled before each further one, up to a minute
    std::function<void(const dead_letter&)> on_parked{};  ///< after a letter was written, on the runner's thread
    std::function<void(const checkpoint&)> on_commit{};   ///< after each commit that moved the checkpoint, on the runner's thread

    // ---- speed: what is applied between two commits, at most
    std::size_t batch_events = 1'000'000;
    std::chrono::milliseconds batch_time{2'000};
};

/// What catch_up has done.
struct caught_up {
    acta::position from = 0;      ///< where the read model stood
    acta::position position = 0;  ///< where it stands now
    std::uint64_t events = 0;     ///< delivered to the projections and committed
};

/// What one step has done.
struct step_done {
    acta::position position = 0;  ///< the checkpoint now
    acta::position until = 0;     ///< what the step was to reach: with position == until there is nothing left to do
    std::uint64_t events = 0;     ///< delivered to the projections and committed
    std::optional<std::chrono::steady_clock::time_point> again_at{};  ///< an event failed, and is not tried again before
    std::string failing{};                                            ///< then: the failure as a sentence
};

/// Runs one projection, or a group that shares one read model and one checkpoint, over a log into that read model's file.
/// Guarantees: rows and checkpoint move in one transaction, so that after any crash every event up to the checkpoint is in the rows
/// once (but for what dead letters keep out) and none behind it. One runner per file, in all processes: it holds a lock beside the
/// file. A batch that fails is rolled back, its projection objects are destroyed and made anew; the event that it failed on is
/// tried alone, and then options.failing decides. An event that cannot be read at all (layout_mismatch) always stops it.
/// Thread rule: one thread at a time, but for position().
class runner {
public:
    /// The projections of one read model; their names differ. Each table outlives the runner.
    using group = std::vector<const acta_projection*>;

    /// Opens the read model, or makes it when there is none, and checks that the projections can read what the store holds. `from`,
    /// and the projections' tables (abi_of<P>(), or a plugin's), outlive the runner. `file` ":memory:" keeps the read model in memory.
    /// Throws failure with a sentence, and leaves the file as it was: not_a_store, newer_format, read_only, damaged, busy (another
    /// runner has it), outdated_read_model (made by an older revision, with other tables, or with fewer projections: rebuild() mends it),
    /// other_read_model (another projection, a newer revision, another store or history), layout_mismatch, bad_plugin.
    runner(const log& from, const std::filesystem::path& file, const group& projections, const runner_options& how = {});
    runner(const log& from, const std::filesystem::path& file, const acta_projection& projection, const runner_options& how = {})
        : runner(from, file, group{&projection}, how) {}
    runner(runner&&) noexcept;
    runner& operator=(runner&&) noexcept;
    ~runner();

    /// Applies everything up to `until`, or up to the head as it is now if that comes first; a read model that is already there stays.
    /// Sleeps where a failing event is backed off. With on_failure::stop it throws failure(projection_failed) naming projection, event,
    /// stream, version, position and the projection's own words; everything before that event is committed, and the next call goes
    /// on from there. Throws what the log, `tell` and options.on_commit throw; then, too, the read model stands at a commit.
    caught_up catch_up(acta::position until = std::numeric_limits<acta::position>::max(), const on_progress& tell = {});

    /// The same for those who run many: at most one batch, and never a sleep.
    step_done step(acta::position until = std::numeric_limits<acta::position>::max(), const on_progress& tell = {});

    /// The dead letters as they are stored now.
    std::vector<dead_letter> letters() const;

    /// The checkpoint: every event up to here is in the rows. From any thread.
    acta::position position() const noexcept;

    /// The committed rows, in one read transaction. Throws failure(other_read_model) when P is not one of the runner's projections. Of a
    /// read model in memory: let go of it before the next catch_up and before the runner.
    template <class P>
    reading<P> read() const {
        return reading<P>(view(abi_of<P>()));
    }

private:
    std::shared_ptr<detail::read_view> view(const acta_projection& of) const;

    struct state;
    std::unique_ptr<state> state_;
};

/// A runner of a projection that is compiled into this program: `acta::runner_of<balances> run{log, "balances.db"};`
template <class P>
class runner_of : public runner {
public:
    runner_of(const log& from, const std::filesystem::path& file, const runner_options& how = {}) : runner(from, file, abi_of<P>(), how) {}
    reading<P> read() const { return runner::read<P>(); }
};

}  // namespace acta
