// Queries and conditions: which events a decision rests on, and "fail if another one has come since" (dynamic consistency boundary).
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/envelope.hpp>
#include <acta/event/match.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace acta {

/// One alternative of a query: events of any of the types (none named: of every type) that have all of the tags. It names at least one
/// type or tag.
struct query_item {
    std::vector<std::string> types{};  ///< stored names
    std::vector<tag> tags{};
};

/// Events that match any of the items. After Bastian Waidelich, Sara Pellegrini and Paul Grimshaw's dynamic consistency boundary
/// (dcb.events, "Specification").
struct query {
    std::vector<query_item> items{};
};

/// `acta::matching<subscribed, unsubscribed>(tag("course", id))`: events of these types, under every name that they ever had, with all of
/// these tags; `matching(...)` of every type.
template <event... E, class... Tag>
    requires(std::is_same_v<Tag, tag>&&...)
query_item matching(Tag... tags) {
    query_item made{{}, {std::move(tags)...}};
    if constexpr (sizeof...(E) > 0)
        for (const std::string_view name : names_in_store(event_list_of<events<E...>>())) made.types.emplace_back(name);
    return made;
}

/// What an append may rest on: that no event which matches has been stored behind `after`.
struct condition {
    query what{};
    position after = 0;  ///< exclusive: the head that went with the reading (cursor::head), or 0 for "no such event at all"
};

/// `fail_if(query, seen)`: the append conflicts when an event matches the query and stands behind `after`.
inline condition fail_if(query what, position after) { return {std::move(what), after}; }

}  // namespace acta
