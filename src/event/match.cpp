// Which of a program's event types reads what a store holds, and the sentence when none does.
#include <acta/event/match.hpp>

#include <algorithm>

#include <acta/event/layout.hpp>
#include <acta/event/result.hpp>

namespace acta {

namespace {

/// A field's type alone, without the name of the field.
std::string type_text(layout of) {
    of.name.clear();
    return of.to_text();
}

[[noreturn]] void mismatch(const type_in_store& stored, const event_codec& ours) {
    const std::string event = "the event " + std::string(stored.name), theirs = "revision " + std::to_string(stored.revision),
                      mine = "revision " + std::to_string(ours.type.revision);
    if (stored.revision > ours.type.revision)
        throw failure(errc::layout_mismatch, event + " is stored in " + theirs + ", newer than the " + mine + " that this program knows: upgrade the program");
    if (stored.revision < ours.type.revision)
        throw failure(errc::layout_mismatch, event + " is stored in " + theirs + ", and this program knows " + mine + " alone: add an upcast from the older one");
    throw failure(errc::layout_mismatch, event + ", " + theirs + ", is stored with other fields than this program gives it (" +
                                             layout_difference(stored.layout_text, ours.layout_text) + "): raise the revision and add an upcast");
}

}  // namespace

std::optional<std::size_t> codec_for(const type_in_store& stored, std::span<const event_codec* const> listed) {
    const event_codec* nearest = nullptr;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const event_codec& codec = *listed[i];
        if (codec.type.name != stored.name) continue;
        if (codec.type.revision == stored.revision && codec.fingerprint == stored.fingerprint) return i;
        if (nearest == nullptr || codec.type.revision == stored.revision || codec.type.revision > nearest->type.revision) nearest = &codec;
    }
    if (nearest != nullptr) mismatch(stored, *nearest);
    return std::nullopt;
}

std::string layout_difference(std::string_view stored_layout_text, std::string_view our_layout_text) {
    const layout stored = layout::from_text(stored_layout_text), ours = layout::from_text(our_layout_text);
    const auto named = [](const layout& in, const std::string& name) {
        return std::find_if(in.inner.begin(), in.inner.end(), [&](const layout& field) { return field.name == name; });
    };
    for (const layout& field : ours.inner) {
        const auto same = named(stored, field.name);
        if (same == stored.inner.end()) return "its field \"" + field.name + "\" is not stored";
        if (type_text(*same) != type_text(field)) return "its field \"" + field.name + "\" is stored as " + type_text(*same) + " and is " + type_text(field) + " here";
    }
    for (const layout& field : stored.inner)
        if (named(ours, field.name) == ours.inner.end()) return "its stored field \"" + field.name + "\" is not here";
    return "its fields stand in another order";
}

}  // namespace acta
