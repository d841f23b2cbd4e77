// How a projection reads each event type that a log holds: a fresh object over a read model in memory is asked to learn it.
#include <acta/read/delivery.hpp>
#include <acta/replay/readable.hpp>

#include "replay/model.hpp"
#include "replay/projection_object.hpp"

#include <algorithm>

namespace acta {

namespace {

using way = type_reading::way;
using detail::projections::borrowed;
using detail::projections::view;

/// What the projection's table says of a type, before its object is asked.
way announced(const acta_projection& projection, const stored_type& type) {
    way found = projection.wants_any_event != 0 ? way::as_stored : way::not_consumed;
    for (std::size_t i = 0; i < projection.consumed_count; ++i) {
        const acta_consumed& event = *projection.consumed[i];
        const bool former = std::any_of(event.former_names, event.former_names + event.former_name_count,
                                        [&](acta_text name) { return view(name) == type.name; });
        if (view(event.name) == type.name && event.revision == type.revision)
            return event.fingerprint == type.fingerprint ? way::as_stored : way::by_name;
        if (former || view(event.name) == type.name) found = way::upcast;
    }
    return found;
}

acta_stored_type handed(const stored_type& type) {
    return {sizeof(acta_stored_type), type.id, type.revision, type.fingerprint, borrowed(type.name), borrowed(type.layout_text)};
}

}  // namespace

std::vector<type_reading> readings_of(const log& from, const acta_projection& projection) {
    detail::check_projection(projection, "the projection");
    detail::model held(":memory:", detail::access::run, {});
    held.begin();
    detail::projection_object object(projection, held.on(), held.rules(), detail::definition::make);
    std::vector<type_reading> all;
    for (stored_type& type : from.types()) {
        type_reading each{std::move(type), way::not_consumed, {}};
        each.how = announced(projection, each.type);
        try {
            if (each.how != way::not_consumed) object.learn(handed(each.type));
        } catch (const failure& why) {
            each.how = way::unreadable;
            each.why = why.what();
        }
        all.push_back(std::move(each));
    }
    return all;
}

}  // namespace acta
