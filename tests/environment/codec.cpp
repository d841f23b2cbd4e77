// The codec of the bank that the applications here run.
#include <acta/event/codec.hpp>

#include "write/bank.hpp"

ACTA_CODECS(bank::account_events);
