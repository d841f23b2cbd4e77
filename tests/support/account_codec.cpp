// The codecs of the small domain.
#include <acta/event/codec.hpp>

#include "account_events.hpp"

using account_events = acta::events<tests::opened, tests::deposited, tests::withdrawn, tests::attached>;
ACTA_CODECS(account_events);
using changed_events = acta::events<tests::deposited_changed>;
ACTA_CODECS(changed_events);
using extended_events = acta::events<tests::deposited_extended>;
ACTA_CODECS(extended_events);
