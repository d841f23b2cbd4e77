// expect: error: .*acta/write/dispatcher.hpp belongs to the command side: link acta::write
// link: acta::read
#include <acta/read/projection.hpp>
#ifdef ACTA_MISTAKE
#include <acta/write/dispatcher.hpp>
#endif
