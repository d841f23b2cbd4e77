// The same projection as a plugin, for `acta replay --plugin`.
#include <acta/read/plugin.hpp>

#include "balances.hpp"

ACTA_PROJECTION_PLUGIN(bank::balances);
