// A sound plugin.
#include "takings.hpp"

#include <acta/read/plugin.hpp>

ACTA_PROJECTION_PLUGIN(shop::takings);
