// Finding a stored type among the events that a program lists, and the sentences for those it cannot read.
#include <acta/write/load.hpp>

#include <string>

namespace acta::detail {

namespace {

std::string place_of(const stored_event& event) {
    return "stream " + std::string(event.stream) + ", version " + std::to_string(event.version) + " (position " +
           std::to_string(event.position) + ")";
}

std::string type_text(std::string_view name, std::uint32_t revision) { return std::string(name) + " revision " + std::to_string(revision); }

}  // namespace

std::size_t stored_types::resolve(const stored_event& event) {
    const stored_type& stored = log_.type(event.type);
    const event_codec* other_revision = nullptr;
    for (std::size_t i = 0; i < listed_.size(); ++i) {
        const event_codec& listed = *listed_[i];
        if (listed.type.name != stored.name) continue;
        if (listed.type.revision != stored.revision) {
            other_revision = &listed;
            continue;
        }
        if (listed.fingerprint != stored.fingerprint)
            throw failure(errc::layout_mismatch,
                          place_of(event) + ": " + type_text(stored.name, stored.revision) +
                              " was stored with other fields than this program gives it; stored: " + stored.layout_text +
                              "; here: " + listed.layout_text + ": raise the revision and add an upcast");
        if (event.type >= indexes_.size()) indexes_.resize(event.type + 1, unresolved);
        return indexes_[event.type] = i;
    }
    if (other_revision)
        throw failure(errc::layout_mismatch, place_of(event) + ": the stored event is " + type_text(stored.name, stored.revision) +
                                                 ", but this program knows revision " + std::to_string(other_revision->type.revision) +
                                                 " of it alone: raise the revision and add an upcast");
    throw failure(errc::unknown_event, place_of(event) + ": the stored event is " + type_text(stored.name, stored.revision) +
                                           ", which the aggregate's `events` does not list: list it there, or upgrade this program");
}

void stored_types::undecodable(const stored_event& event, const failure& why) const {
    throw failure(why.code(), place_of(event) + ": the payload of " + log_.type(event.type).name + " cannot be read: " + why.what());
}

}  // namespace acta::detail
