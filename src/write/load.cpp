// Finding a stored type among the events that a program lists, and the sentences for those it cannot read.
#include <acta/write/load.hpp>

#include <algorithm>
#include <string>

namespace acta::detail {

namespace {

std::string place_of(const stored_event& event) {
    return "stream " + std::string(event.stream) + ", version " + std::to_string(event.version) + " (position " +
           std::to_string(event.position) + ")";
}

}  // namespace

std::vector<payload_path>& stored_types::resolve(const stored_event& event) {
    const stored_type& stored = log_.type(event.type);
    if (event.type >= paths_.size()) paths_.resize(event.type + std::size_t{1});
    auto& paths = paths_[event.type];
    try {
        paths = paths_for({stored.name, stored.revision, stored.fingerprint, stored.layout_text}, listed_);
    } catch (const failure& why) { throw failure(why.code(), place_of(event) + ": " + why.what()); }
    if (!paths && std::find(ignored_.begin(), ignored_.end(), stored.name) != ignored_.end()) paths.emplace();
    if (!paths)
        throw failure(errc::unknown_event, place_of(event) + ": the stored event is " + stored.name + " revision " +
                                               std::to_string(stored.revision) +
                                               ", which the aggregate's `events` does not list: list it there, name it in the aggregate's "
                                               "`ignores`, or upgrade this program");
    return *paths;
}

void stored_types::undecodable(const stored_event& event, const failure& why) const {
    throw failure(why.code(), place_of(event) + ": the payload of " + log_.type(event.type).name + " cannot be read: " + why.what());
}

}  // namespace acta::detail
