// A projection's description for its host: what does not depend on the projection's type.
#include <acta/event/match.hpp>
#include <acta/read/projection.hpp>

namespace acta::detail::projections {

consumed_event::consumed_event(const event_codec& codec) {
    for (const std::string_view name : names_in_store(codec))
        if (name != codec.type.name) former_names.push_back(borrowed(name));
    for (const event_codec* older = codec.older; older != nullptr; older = older->older) older_revisions.push_back(older->type.revision);
    described = {sizeof(acta_consumed),  borrowed(codec.type.name),   codec.type.revision, 0,
                 codec.fingerprint,      borrowed(codec.layout_text), former_names.data(), former_names.size(),
                 older_revisions.data(), older_revisions.size()};
}

}  // namespace acta::detail::projections
