// The codecs of events that have changed; `blocked` is in no list any more.
#include <acta/event/codec.hpp>

#include "changed_events.hpp"

ACTA_CODECS(changed::events);
ACTA_CODECS(acta::events<changed::blocked>);
