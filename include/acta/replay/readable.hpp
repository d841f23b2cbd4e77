// How a projection, plugins included, reads each event type that a log holds; asked without running anything.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/store/log.hpp>
#include <acta/read/abi.h>

namespace acta {

/// One stored type, and what becomes of its events in a projection.
struct type_reading {
    enum class way : std::uint8_t {
        as_stored,     ///< the projection has this very layout
        by_name,       ///< the same revision with other fields, resolved by their names
        upcast,        ///< an older revision, or a former name
        not_consumed,  ///< the projection is not about it
        unreadable,    ///< `why` says what is in the way
    };
    stored_type type{};
    way how = way::as_stored;
    std::string why{};
};

/// Every type of the catalogue, by number. Throws failure(bad_plugin, projection_failed) when the projection cannot be asked.
std::vector<type_reading> readings_of(const log& from, const acta_projection& projection);

}  // namespace acta
