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

std::uint64_t snapshot_fingerprint(const state_codec& state, const event_list& listed, std::uint32_t revision) {
    std::string all = state.layout_text;
    const auto add = [&](const event_codec& one) {
        all += '\n' + std::string(one.type.name) + ' ' + std::to_string(one.type.revision) + ' ' + std::to_string(one.fingerprint);
    };
    for (const event_codec* const one : listed.current) add(*one);
    for (const event_codec* const one : listed.retired) add(*one);
    return fingerprint_of(all + '\n' + std::to_string(revision));
}

std::string wrong_snapshot_text(const stream_name& stream, version at) {
    return "the snapshot of the stream " + stream.text() + " at version " + std::to_string(at) +
           " is not what its events say, and was not used: an `evolve` was changed, raise the aggregate's `revision`";
}

}  // namespace acta::detail
