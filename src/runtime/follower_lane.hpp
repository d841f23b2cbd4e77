// A follower as a lane: a projection, a group or a reaction of an application.
#pragma once

#include <acta/replay/follower.hpp>
#include <acta/replay/reaction.hpp>

#include "runtime/announcer.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace acta::detail {

/// What an application is told to run, before and while it runs.
struct followed {
    std::string name{};
    std::filesystem::path file{};
    runner::group projections{};
    std::shared_ptr<void> reaction{};  ///< the object, if it is one
    react_from where = react_from::now;
};

/// Keeps alive what it needs, so that it may be left behind. Thread rule: as lane; everything but step() from any thread.
class follower_lane final : public lane {
public:
    follower_lane(followed what, std::shared_ptr<const log> of, const follower_options& how, std::shared_ptr<announcer> to,
                  lane_pool& pool);

    const follower& follows() const noexcept { return follower_; }
    /// Ends a rebuild under way, so that a piece of work ends soon.
    void hurry() noexcept { follower_.stop(); }
    void appended(acta::position head);
    std::optional<std::chrono::milliseconds> working_for() const;
    /// As retry_dead_letter; of a reaction between two pieces of work, because there is one object.
    std::uint64_t retry(const dead_letter& letter);

    time step() noexcept override;
    void overran(std::chrono::milliseconds) noexcept override;

private:
    follower_options wired(follower_options how);
    time next_piece();
    next_step step_of_reaction();

    const followed what_;
    const std::shared_ptr<const log> log_;
    const std::shared_ptr<announcer> to_;
    lane_pool& pool_;
    const clock& now_;
    mutex reacting_;  ///< held while reaction_ is at work
    std::optional<reaction_state> reaction_;
    follower follower_;
    bool begun_ = false;
    std::atomic<acta::position> beyond_;  ///< due when the head is
    std::atomic<time> since_{time{}};     ///< of the piece under way; zero: none is
};

}  // namespace acta::detail
