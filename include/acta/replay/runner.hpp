// acta::runner: brings a read model up to date with its log.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/replay/feed.hpp>
#include <acta/replay/read_model.hpp>
#include <acta/replay/reading.hpp>

#include <chrono>
#include <filesystem>
#include <limits>
#include <memory>

namespace acta {

struct runner_options {
    // ---- behaviour
    const acta::clock* clock = &clock::system();  ///< borrowed; stamps the checkpoint

    // ---- speed: what is applied between two commits, at most
    std::size_t batch_events = 1'000'000;
    std::chrono::milliseconds batch_time{2'000};
};

/// What catch_up has done.
struct caught_up {
    acta::position from = 0;      ///< where the read model stood
    acta::position position = 0;  ///< where it stands now
    std::uint64_t events = 0;     ///< delivered to the projection and committed
};

/// Runs one projection over a log into one read model's file.
/// Guarantees: rows and checkpoint move in one transaction, so that after any crash every event up to the checkpoint is in the rows
/// once and none behind it. One runner per file, in all processes: it holds a lock beside the file. An event that the projection fails
/// on stops it; what came before is kept. Thread rule: one thread at a time.
class runner {
public:
    /// Opens the read model, or makes it when there is none, and checks that the projection can read what the store holds. `from`,
    /// and the projection's table (abi_of<P>(), or a plugin's), outlive the runner. `file` ":memory:" keeps the read model in memory.
    /// Throws failure with a sentence, and leaves the file as it was: not_a_store, newer_format, read_only, damaged, busy (another
    /// runner has it), other_read_model (another projection, revision, rows, store or history), layout_mismatch, bad_plugin.
    runner(const log& from, const std::filesystem::path& file, const acta_projection& projection, const runner_options& how = {});
    runner(runner&&) noexcept;
    runner& operator=(runner&&) noexcept;
    ~runner();

    /// Applies everything up to `until`, or up to the head as it is now if that comes first; a read model that is already there stays.
    /// Throws failure(projection_failed) naming projection, event, stream, version, position and the projection's own words; everything
    /// before that event is committed, and the next call goes on from there. Throws what the log and `tell` throw; then, too, the read
    /// model stands at a commit.
    caught_up catch_up(acta::position until = std::numeric_limits<acta::position>::max(), const on_progress& tell = {});

    /// The checkpoint: every event up to here is in the rows.
    acta::position position() const noexcept;

    /// The committed rows, in one read transaction. Throws failure(other_read_model) when P is not the runner's projection. Of a read
    /// model in memory: let go of it before the next catch_up and before the runner.
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
