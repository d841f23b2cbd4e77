#include <acta/event/codec.hpp>

#include "changed_diary.hpp"
#include "support_bank.hpp"

ACTA_CODECS(bank::account_events);
ACTA_CODECS(bank::otherwise::events);
ACTA_CODECS(bank::later::events);
ACTA_CODECS(changed::events);
ACTA_CODECS(acta::events<changed::blocked>);
