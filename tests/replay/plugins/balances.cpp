#include <acta/read/plugin.hpp>

#include "../support_bank.hpp"

ACTA_PROJECTION_PLUGIN(bank::balances);
