// acta::fold: runs a projection over a log in memory, without a read model's file.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/read/projection.hpp>
#include <acta/replay/feed.hpp>

#include <limits>
#include <memory>

namespace acta {

struct fold_options {
    acta::position after = 0;                                           ///< where an earlier fold of the same object ended
    acta::position until = std::numeric_limits<acta::position>::max();  ///< the head, if that comes first
    on_progress tell{};

    // ---- speed
    std::size_t workers = 2;  ///< threads, each with a range of positions, for a projection that says how to merge
};

/// A projection that says how to take in what another object of it made of the events right behind its own:
/// `void merge(const balances& later)`. It must answer what one object would have made of all of them.
template <class P>
concept mergeable = requires(P& earlier, const P& later) {
    earlier.merge(later);
};

namespace detail {

/// Binds tables to a read model in memory, which they keep alive.
void bind_in_memory(const std::vector<rows::bound_member*>& members, std::string_view projection);

/// Hands each receiver its share of (after, until], in order: the first on the caller's thread, each other one on a thread of its own.
/// Answers the position reached. Throws what the first of them to fail threw.
position deliver_shares(const log& from, const acta_projection& described, const std::vector<receiver>& to, const fold_options& how);

/// How many shares are worth a thread each.
std::size_t shares_worth(const log& from, const fold_options& how);

/// One object that events are folded into.
template <class P>
class folding {
public:
    explicit folding(P& into) : deliver_(into) {
        const auto& members = deliver_.members();
        if (!members.empty() && !members.front()->bound()) bind_in_memory(members, P::projection.name);
    }
    receiver to() {
        using delivers = projections::delivery<P>;
        return {&deliver_, [](void* self, const acta_stored_type& type) { static_cast<delivers*>(self)->learn(type); },
                [](void* self, const acta_event& event) { static_cast<delivers*>(self)->apply(event); }};
    }
    void settle() {
        for (rows::bound_member* const each : deliver_.members()) each->settle();
    }

private:
    projections::delivery<P> deliver_;
};

}  // namespace detail

/// Applies the events in (after, until] to `projection` and answers the position reached, to go on from with `after`. A projection of
/// plain members is just a fold; one with tables keeps their rows in memory, to be read through the tables themselves. One that is
/// mergeable is folded over several ranges at once, by fresh objects on threads of their own that are merged into it in order. Throws
/// failure(projection_failed, layout_mismatch) with the event's place; then the object is of no use any more.
template <class P>
position fold(const log& from, P& projection, const fold_options& how = {}) {
    const acta_projection& described = abi_of<P>();
    detail::folding<P> first(projection);
    if constexpr (!mergeable<P>) {
        return detail::deliver_shares(from, described, {first.to()}, how);
    } else {
        struct later {
            P projection{};
            detail::folding<P> into{projection};
        };
        std::vector<std::unique_ptr<later>> others;
        std::vector<detail::receiver> receivers{first.to()};
        while (receivers.size() < detail::shares_worth(from, how)) {
            others.push_back(std::make_unique<later>());
            receivers.push_back(others.back()->into.to());
        }
        const position reached = detail::deliver_shares(from, described, receivers, how);
        for (const auto& each : others) {
            projection.merge(std::as_const(each->projection));
            first.settle();
        }
        return reached;
    }
}

}  // namespace acta
