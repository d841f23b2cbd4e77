// From a stored event, as abi.h hands it over, to a projection's apply(): what does not depend on the projection's type.
#include <acta/event/layout.hpp>
#include <acta/read/delivery.hpp>

#include <algorithm>
#include <cstring>

namespace acta::detail::projections {

void put_error(acta_error* error, std::string_view text) noexcept {
    if (!error) return;
    error->size = std::min(error->capacity, text.size());
    while (error->size < text.size() && error->size > 0 && (static_cast<unsigned char>(text[error->size]) & 0xc0U) == 0x80U) --error->size;
    if (error->size > 0) std::memcpy(error->text, text.data(), error->size);
}

void fill(envelope& about, const acta_event& from) {
    about.stream.assign_checked(view(from.stream));
    about.version = from.version;
    about.position = from.position;
    about.recorded_at = timestamp(std::chrono::microseconds(from.recorded_at));
    about.metadata.assign_checked(view(from.shared_metadata), view(from.own_metadata));
    about.tags.clear();
    for (std::size_t i = 0; i < from.tag_count; ++i) about.tags.emplace_back(view(from.tags[i]));
}

void bind_all(const std::vector<rows::bound_member*>& members, const rows::binding& to) {
    for (rows::bound_member* const each : members)
        if (!each->table_name().empty()) each->bind(to, members);
    for (rows::bound_member* const each : members)
        if (each->table_name().empty()) each->bind(to, members);
}

namespace {

std::string kind_text(const layout& of) {
    layout unnamed = of;
    unnamed.name.clear();
    return unnamed.to_text();
}

/// The first field in which two layouts of one event differ, as half a sentence.
std::string difference(const layout& stored, const layout& ours) {
    const auto named = [](const layout& in, const std::string& name) {
        return std::find_if(in.inner.begin(), in.inner.end(), [&](const layout& field) { return field.name == name; });
    };
    for (const layout& field : ours.inner) {
        const auto same = named(stored, field.name);
        if (same == stored.inner.end()) return "its field '" + field.name + "' is not stored";
        if (kind_text(*same) != kind_text(field))
            return "its field '" + field.name + "' is stored as " + kind_text(*same) + " and is " + kind_text(field) + " here";
    }
    for (const layout& field : stored.inner)
        if (named(ours, field.name) == ours.inner.end()) return "its stored field '" + field.name + "' is not here";
    return "its fields stand in another order";
}

[[noreturn]] void mismatch(const acta_stored_type& stored, const event_codec& ours) {
    const std::string name(view(stored.name));
    const auto revision = [](std::uint32_t number) { return "revision " + std::to_string(number); };
    if (stored.revision > ours.type.revision)
        throw failure(errc::layout_mismatch, "the event " + name + " is stored in " + revision(stored.revision) + ", newer than " +
                                                 revision(ours.type.revision) + " that this projection knows: upgrade the projection");
    if (stored.revision < ours.type.revision)
        throw failure(errc::layout_mismatch, "the event " + name + " is stored in " + revision(stored.revision) +
                                                 ", and this projection knows " + revision(ours.type.revision) +
                                                 ": add an upcast from the older one");
    throw failure(errc::layout_mismatch, "the event " + name + ", " + revision(stored.revision) +
                                             ", is stored with other fields than this projection knows (" +
                                             difference(layout::from_text(view(stored.layout)), layout::from_text(ours.layout_text)) +
                                             "): raise the revision and add an upcast");
}

}  // namespace

std::size_t codec_for(const acta_stored_type& stored, std::span<const event_codec* const> listed) {
    const event_codec* nearest = nullptr;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const event_codec& codec = *listed[i];
        if (codec.type.name != view(stored.name)) continue;
        if (codec.type.revision == stored.revision && codec.fingerprint == stored.fingerprint) return i;
        if (!nearest || codec.type.revision == stored.revision || codec.type.revision > nearest->type.revision) nearest = &codec;
    }
    if (nearest) mismatch(stored, *nearest);
    return listed.size();
}

}  // namespace acta::detail::projections
