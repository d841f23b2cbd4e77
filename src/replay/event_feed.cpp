// A log's events in order, as abi.h hands them to one projection.
#include "replay/event_feed.hpp"

#include <acta/event/json.hpp>
#include <acta/read/delivery.hpp>

#include <algorithm>

namespace acta::detail {

namespace {

acta_bytes borrowed_bytes(byte_span from) noexcept { return {reinterpret_cast<const unsigned char*>(from.data()), from.size()}; }

}  // namespace

event_feed::event_feed(const log& from, const acta_projection& described, const receiver& to)
    : from_(from), described_(described), to_(to) {
    if (described.wants_any_event != 0) return;
    for (std::size_t i = 0; i < described.consumed_count; ++i) {
        const acta_consumed& event = *described.consumed[i];
        what_.types.emplace_back(projections::view(event.name));
        for (std::size_t k = 0; k < event.former_name_count; ++k) what_.types.emplace_back(projections::view(event.former_names[k]));
    }
}

bool event_feed::named(const stored_type& type) const {
    return described_.wants_any_event != 0 || std::find(what_.types.begin(), what_.types.end(), type.name) != what_.types.end();
}

bool event_feed::in_scope(std::string_view stream) const noexcept {
    if (described_.category_count == 0) return true;
    const std::string_view category = stream.substr(0, stream.find('-'));
    return std::any_of(described_.categories, described_.categories + described_.category_count,
                       [&](acta_text each) { return projections::view(each) == category; });
}

void event_feed::learn_catalogue() {
    for (const stored_type& type : from_.types())
        if (named(type)) {
            known_type& slot = known(type.id);
            if (slot.is == knowledge::none) learn(type, slot);
        }
}

event_feed::known_type& event_feed::known(type_id id) {
    if (id >= types_.size()) types_.resize(id + std::size_t{1});
    return types_[id];
}

void event_feed::learn(const stored_type& type, known_type& slot) {
    if (!named(type)) {
        slot.is = knowledge::unwanted;
        return;
    }
    acta_stored_type handed{};
    handed.size = sizeof handed;
    handed.number = type.id;
    handed.revision = type.revision;
    handed.fingerprint = type.fingerprint;
    handed.name = projections::borrowed(type.name);
    handed.layout = projections::borrowed(type.layout_text);
    try {
        to_.learn(to_.self, handed);
    } catch (const failure& why) {
        throw failure(why.code(), "the projection '" + std::string(projections::view(described_.name)) + "' cannot read " + from_.name() +
                                      ": " + why.what());
    }
    if (described_.wants_any_event != 0) slot.shape = layout::from_text(type.layout_text);
    slot.is = knowledge::wanted;
}

/// A type that came into the store after the catalogue was learned.
void event_feed::learn_at(const stored_event& event, known_type& slot) {
    try {
        learn(from_.type(event.type), slot);
    } catch (const failure& why) { throw event_failure(why.code(), why.what(), event.position); }
}

acta::position event_feed::deliver_page(acta::position after, acta::position until) {
    what_.after = after;
    what_.until = until;
    from_.read_page(nullptr, what_, page_);
    for (const stored_event& event : page_.events()) {
        known_type& type = known(event.type);
        if (type.is == knowledge::none) learn_at(event, type);
        if (type.is == knowledge::wanted && in_scope(event.stream)) deliver(event, type);
    }
    return page_.last() ? until : page_.next();
}

void event_feed::deliver(const stored_event& event, const known_type& type) {
    acta_event handed;
    handed.size = sizeof handed;
    handed.type = event.type;
    handed.reserved = 0;
    handed.position = event.position;
    handed.version = event.version;
    handed.recorded_at = event.recorded_at.time_since_epoch().count();
    handed.stream = projections::borrowed(event.stream);
    handed.payload = borrowed_bytes(event.payload);
    handed.shared_metadata = borrowed_bytes(event.shared_metadata);
    handed.own_metadata = borrowed_bytes(event.own_metadata);
    tags_.clear();
    for (const std::string_view tag : event.tags) tags_.push_back(projections::borrowed(tag));
    handed.tags = tags_.data();
    handed.tag_count = tags_.size();
    handed.json = {nullptr, 0};
    try {
        if (described_.wants_any_event != 0) {
            json_ = payload_to_json(type.shape, event.payload);
            handed.json = projections::borrowed(json_);
        }
        to_.apply(to_.self, handed);
    } catch (const failure& why) { failed(event, why.code(), why.what()); } catch (const std::exception& why) {
        failed(event, errc::projection_failed, why.what());
    }
    ++delivered_;
}

void event_feed::failed(const stored_event& at, errc code, const std::string& words) const {
    throw event_failure(code,
                        "the projection '" + std::string(projections::view(described_.name)) + "' failed at the event " +
                            from_.type(at.type).name + " (stream " + std::string(at.stream) + ", version " + std::to_string(at.version) +
                            ", position " + std::to_string(at.position) + "): " + words,
                        at.position);
}

progress deliver(const log& from, const acta_projection& described, const receiver& to, acta::position after, acta::position until,
                 const on_progress& tell) {
    event_feed feed(from, described, to);
    feed.learn_catalogue();
    progress at{after, std::min(until, from.head()), 0};
    while (at.position < at.until) {
        at.position = feed.deliver_page(at.position, at.until);
        at.events = feed.delivered();
        if (tell) tell(at);
    }
    return at;
}

}  // namespace acta::detail
