#include "hostile/balances.hpp"

#include <acta/read/plugin.hpp>

ACTA_PROJECTION_PLUGIN(tests::balances);
