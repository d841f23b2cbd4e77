// The plugin: `acta replay fines.acta --plugin traffic_fines_projection.so --into fines.db`.
#include <acta/read/plugin.hpp>

#include "fines.hpp"

ACTA_PROJECTION_PLUGIN(traffic::fines);
