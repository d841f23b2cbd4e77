// The codecs of the fines' events; the one file here that includes cereal.
#include <acta/event/codec.hpp>

#include "events.hpp"

ACTA_CODECS(traffic::fine_events);
