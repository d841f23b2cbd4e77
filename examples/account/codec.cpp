// How the bank's events become bytes: the one file that includes cereal.
#include <acta/event/codec.hpp>

#include "events.hpp"

ACTA_CODECS(bank::account_events);
