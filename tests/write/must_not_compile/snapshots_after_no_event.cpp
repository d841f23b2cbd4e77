// expect: error: .*a snapshot after every 0 events: give at least 1
#include <acta/write/aggregate.hpp>

#ifdef ACTA_MISTAKE
using policy = acta::every<0>;
#else
using policy = acta::every<1>;
#endif

static_assert(policy::events > 0);
