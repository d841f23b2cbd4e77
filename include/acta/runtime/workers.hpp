// The threads that projections and reactions run on.
#pragma once

#if !defined(ACTA_ROOM_RUNTIME)
#error "acta/runtime/... is where both sides meet: link acta::runtime (a projection or plugin links acta::read alone)"
#endif

#include <chrono>
#include <cstddef>
#include <memory>

namespace acta {

namespace detail {
class lane_pool;
}

struct workers_options {
    std::size_t threads = 0;  ///< 0: as many as the machine has cores, at least 2
    /// A lane that works on one piece for longer than this keeps its thread, and another thread is made in its place.
    std::chrono::milliseconds patience{250};
    std::chrono::milliseconds report_after{5'000};  ///< and when it takes this long, that is told: on_failed of its application
};

/// A pool of threads with a lane for each projection and reaction: a lane's pieces of work follow one another, the lanes run side by side.
/// Guarantee: a lane that hangs holds up no other one for much longer than `patience`. A handle: copies, those in applications included,
/// share the threads. With the last of them the threads end, but for one that hangs in a lane: that ends with its lane.
/// Thread rule: any thread, but not from within a lane.
class workers {
public:
    explicit workers(const workers_options& how = {});

    /// How many threads there are now.
    std::size_t threads() const;

    /// For applications.
    detail::lane_pool& pool() const noexcept;

private:
    std::shared_ptr<void> running_;
    detail::lane_pool* pool_;
};

}  // namespace acta
