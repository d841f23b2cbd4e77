#include <acta/event/codec.hpp>

#include "support_bank.hpp"

ACTA_CODECS(bank::account_events);
ACTA_CODECS(bank::otherwise::events);
ACTA_CODECS(bank::later::events);
