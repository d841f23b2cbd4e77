// New ids, the same ones again when a command is decided again.
#include <acta/write/context.hpp>

namespace acta {

std::string context::new_id() const {
    if (ids_given_ == known_.new_ids.size()) known_.new_ids.push_back(command_id::make().text());
    return known_.new_ids[ids_given_++];
}

}  // namespace acta
