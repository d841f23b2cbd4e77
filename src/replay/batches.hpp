// Batch by batch from a log into one read model, and what becomes of the events that fail.
#pragma once

#include <acta/replay/runner.hpp>

#include "replay/group.hpp"
#include "replay/model.hpp"

#include <atomic>
#include <optional>

namespace acta::detail {

/// The policy is to stop at an event that cannot be applied, or no policy would help.
class stopped_at_an_event : public failure {
public:
    using failure::failure;
};

/// The work of a runner, and of a rebuild. Log, model and the projections' tables outlive it. Used by one thread at a time, but for
/// position().
class batches {
public:
    /// Checks the model, or begins it. Throws what runner's constructor throws.
    batches(const log& from, model& into, runner::group projections, runner_options how, definition defining);
    batches(const batches&) = delete;
    batches& operator=(const batches&) = delete;

    step_done step(acta::position until, const on_progress& tell);
    caught_up catch_up(acta::position until, const on_progress& tell);

    acta::position position() const noexcept { return shown_; }
    const checkpoint& at() const noexcept { return at_; }

    /// The projection objects are made anew with the next batch; typed tables get their indexes now.
    void finish_indexes();

private:
    using steady = std::chrono::steady_clock;
    /// The event that is in the way.
    struct failing_event {
        event_failure::place at;
        errc code = errc::projection_failed;
        std::string sentence;
        std::uint32_t attempts = 0;
        steady::time_point again{};
    };

    void start();
    void check_stored() const;
    void compare_tables() const;
    void make_objects();
    void drop_objects() noexcept { live_.reset(); }
    void go_on_from_what_is_stored();
    std::uint64_t run_batch(acta::position target, acta::position until, const on_progress& tell);
    acta::position apply_until(acta::position target, acta::position until, const on_progress& tell, std::exception_ptr& unreadable);
    void measure(std::uint64_t events, steady::time_point begun);
    void tell_failing(step_done& done) const;
    void note(const event_failure& why);
    void settle();
    void park(const failing_event& what);
    void remember_error(const failing_event& what);
    std::chrono::milliseconds pause_after(std::uint32_t attempts) const;

    const log& from_;
    model& into_;
    const runner::group projections_;
    const runner_options how_;
    definition defining_;
    checkpoint at_;
    std::atomic<acta::position> shown_{0};
    std::unique_ptr<live_group> live_;
    std::optional<failing_event> failing_;
    acta::position reached_ = 0;        // by the batch under way
    acta::position careful_until_ = 0;  // rows are written after each event up to here
    std::uint64_t events_measured_ = 0;
    steady::duration time_measured_{};
    steady::time_point rate_due_{};
};

}  // namespace acta::detail
