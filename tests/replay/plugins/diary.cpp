#include <acta/event/codec.hpp>
#include <acta/read/plugin.hpp>

#include "../changed_diary.hpp"

ACTA_CODECS(changed::events);
ACTA_PROJECTION_PLUGIN(changed::diary);
