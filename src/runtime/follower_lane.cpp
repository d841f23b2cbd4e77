// One follower, step by step.
#include "runtime/follower_lane.hpp"

#include <acta/read/delivery.hpp>

#include <algorithm>
#include <limits>

namespace acta::detail {

namespace {

constexpr auto nobody = std::numeric_limits<acta::position>::max();
constexpr auto after_a_failure = std::chrono::seconds(1);
constexpr std::size_t effects_between_commits = 100;

}  // namespace

follower_lane::follower_lane(followed what, std::shared_ptr<const log> of, const follower_options& how, std::shared_ptr<announcer> to,
                             lane_pool& pool)
    : what_(std::move(what)),
      log_(std::move(of)),
      to_(std::move(to)),
      pool_(pool),
      now_(*how.run.clock),
      follower_(*log_, what_.file, what_.projections, wired(how)),
      beyond_(nobody) {
    if (what_.reaction) reaction_.emplace(what_.reaction);
}

/// The options' own functions first, then the signals.
follower_options follower_lane::wired(follower_options how) {
    how.on_progress = [this, own = how.on_progress](const checkpoint& reached) {
        if (own) own(reached);
        to_->note(projection_progress{what_.name, reached});
    };
    how.on_failed = [this, own = how.on_failed](const std::string& why) {
        if (own) own(why);
        to_->note(failure_report{what_.name, why});
    };
    how.on_dead_letter = [this, own = how.on_dead_letter](const dead_letter& letter) {
        if (own) own(letter);
        to_->note(letter);
    };
    how.on_rebuild = [this, own = how.on_rebuild](const rebuild_progress& reached) {
        if (own) own(reached);
        to_->note(rebuild_report{what_.name, reached});
    };
    if (what_.reaction) {
        how.rebuild_when_outdated = false;
        how.run.batch_events = effects_between_commits;
        how.run.on_commit = [this, own = how.run.on_commit](const checkpoint& reached) {
            reaction_->committed(reached.position);
            if (own) own(reached);
        };
    }
    return how;
}

lane::time follower_lane::step() noexcept {
    since_ = std::chrono::steady_clock::now();
    beyond_ = nobody;
    time next{};
    try {
        next = next_piece();
    } catch (const std::exception& why) {
        next = std::chrono::steady_clock::now() + after_a_failure;
        try {
            to_->note(failure_report{what_.name, why.what()});
        } catch (const std::exception&) {}  // no memory to complain with
    }
    since_ = time{};
    return next;
}

lane::time follower_lane::next_piece() {
    const next_step next = reaction_ ? step_of_reaction() : follower_.step();
    if (!next.beyond) return next.at;
    beyond_ = *next.beyond;  // first this, then the look: an append in between is not missed
    return log_->head() > *next.beyond ? std::chrono::steady_clock::now() : next.at;
}

next_step follower_lane::step_of_reaction() {
    const guard turn(reacting_);
    const reacting_scope scope(*reaction_);
    if (!begun_) begin_reaction(*log_, what_.file, *what_.projections.front(), what_.where, now_);
    begun_ = true;
    return follower_.step();
}

std::uint64_t follower_lane::retry(const dead_letter& letter) {
    const auto of = std::find_if(what_.projections.begin(), what_.projections.end(),
                                 [&](const acta_projection* one) { return projections::view(one->name) == letter.projection; });
    if (of == what_.projections.end())
        throw failure(errc::not_found, "the read model " + what_.file.string() + " has no projection '" + letter.projection + "'");
    if (!reaction_) return retry_dead_letter(*log_, what_.file, **of, letter, now_);
    const guard turn(reacting_);
    const reacting_scope scope(*reaction_);
    return retry_dead_letter(*log_, what_.file, **of, letter, now_);
}

void follower_lane::appended(acta::position head) {
    if (head > beyond_) pool_.ring(*this);
}

std::optional<std::chrono::milliseconds> follower_lane::working_for() const {
    const time since = since_;
    if (since == time{}) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - since);
}

void follower_lane::overran(std::chrono::milliseconds taken) noexcept {
    try {
        if (follower_.status().state == follower_state::rebuilding) return;
        to_->note(failure_report{what_.name, "'" + what_.name + "' has been at work on one piece for " +
                                                 std::to_string(taken.count() / 1'000) +
                                                 " s: it hangs, or does too much for one event; nothing else waits for it"});
    } catch (const std::exception&) {}  // no memory to complain with
}

}  // namespace acta::detail
