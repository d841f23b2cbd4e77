// The codec of the contract suite's events.
#include <acta/event/codec.hpp>

#include "contract_events.hpp"

namespace acta::testing::detail {
using contract_events = acta::events<counted, noted>;
}

ACTA_CODECS(acta::testing::detail::contract_events);
