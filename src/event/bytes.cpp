// What a reader of bytes says when they are not what was written.
#include <acta/event/bytes.hpp>

namespace acta {

void byte_reader::broken(const char* what) { throw failure(errc::damaged, what); }

}  // namespace acta
