// acta::runner: brings a read model up to date with its log, batch by batch.
#include <acta/replay/runner.hpp>

#include "replay/batches.hpp"
#include "replay/read_view.hpp"

#include <unistd.h>

namespace acta {

struct runner::state {
    const pid_t process = ::getpid();
    state(const log& from, const std::filesystem::path& file, const group& projections, const runner_options& how)
        : described(detail::checked(projections)), held(file, detail::access::run, how.clock->now()) {
        try {
            work = std::make_unique<detail::batches>(from, held, described, how, detail::definition::make);
        } catch (...) {
            if (held.made()) held.discard();  // nothing is left of a start that failed
            throw;
        }
    }

    const group described;
    detail::model held;
    std::unique_ptr<detail::batches> work;
};

runner::runner(const log& from, const std::filesystem::path& file, const group& projections, const runner_options& how)
    : state_(std::make_unique<state>(from, file, projections, how)) {}
runner::runner(runner&&) noexcept = default;
runner& runner::operator=(runner&&) noexcept = default;
/// In a forked child nothing is touched, and so leaked: its locks are one with the parent's, and their file is his.
runner::~runner() {
    if (state_ && state_->process != ::getpid()) static_cast<void>(state_.release());
}

caught_up runner::catch_up(acta::position until, const on_progress& tell) { return state_->work->catch_up(until, tell); }

step_done runner::step(acta::position until, const on_progress& tell) { return state_->work->step(until, tell); }

std::vector<dead_letter> runner::letters() const { return state_->held.letters(); }

acta::position runner::position() const noexcept { return state_->work->position(); }

std::shared_ptr<detail::read_view> runner::view(const acta_projection& of) const {
    if (state_->held.in_memory()) return std::make_shared<detail::read_view>(state_->held, of);
    return detail::open_view(state_->held.shown(), of);
}

}  // namespace acta
