// The list of verbs.
#include "verb.hpp"

namespace acta::cli {

std::vector<std::unique_ptr<verb>> all_verbs() {
    std::vector<std::unique_ptr<verb>> all;
    all.push_back(make_info());
    all.push_back(make_events());
    all.push_back(make_streams());
    all.push_back(make_layout());
    all.push_back(make_verify());
    all.push_back(make_replay());
    all.push_back(make_projections());
    all.push_back(make_dead_letters());
    return all;
}

}  // namespace acta::cli
