// The one file of this domain that includes cereal.
#include <acta/event/codec.hpp>

#include "events.hpp"

ACTA_CODECS(school::school_events);
