// acta::fold: runs a projection over a log in memory, without a read model's file.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/read/projection.hpp>
#include <acta/replay/feed.hpp>

#include <limits>

namespace acta {

struct fold_options {
    acta::position after = 0;                                           ///< where an earlier fold of the same object ended
    acta::position until = std::numeric_limits<acta::position>::max();  ///< the head, if that comes first
    on_progress tell{};
};

namespace detail {

/// Binds tables to a read model in memory, which they keep alive.
void bind_in_memory(const std::vector<rows::bound_member*>& members, std::string_view projection);

}  // namespace detail

/// Applies the events in (after, until] to `projection` and answers the position reached, to go on from with `after`. A projection of
/// plain members is just a fold; one with tables keeps their rows in memory, to be read through the tables themselves. Throws
/// failure(projection_failed, layout_mismatch) with the event's place; then the object is of no use any more.
template <class P>
position fold(const log& from, P& projection, const fold_options& how = {}) {
    const acta_projection& described = abi_of<P>();
    detail::projections::delivery<P> delivery(projection);
    if (!delivery.members().empty() && !delivery.members().front()->bound()) detail::bind_in_memory(delivery.members(), P::projection.name);
    using to = detail::projections::delivery<P>;
    const detail::receiver receiver{&delivery, [](void* self, const acta_stored_type& type) { static_cast<to*>(self)->learn(type); },
                                    [](void* self, const acta_event& event) { static_cast<to*>(self)->apply(event); }};
    return detail::deliver(from, described, receiver, how.after, how.until, how.tell).position;
}

}  // namespace acta
