// A log's events in order, as abi.h hands them to projections.
#include "replay/event_feed.hpp"

#include <acta/event/json.hpp>
#include <acta/store/type_use.hpp>
#include <acta/read/delivery.hpp>

#include <algorithm>

namespace acta::detail {

namespace {

acta_bytes borrowed_bytes(byte_span from) noexcept { return {reinterpret_cast<const unsigned char*>(from.data()), from.size()}; }

/// Calls `take` with every name under which events are stored that the projection consumes.
template <class Take>
void each_name(const acta_projection& of, const Take& take) {
    for (std::size_t i = 0; i < of.consumed_count; ++i) {
        const acta_consumed& event = *of.consumed[i];
        take(projections::view(event.name));
        for (std::size_t k = 0; k < event.former_name_count; ++k) take(projections::view(event.former_names[k]));
    }
}

}  // namespace

event_feed::event_feed(const log& from, std::vector<listener> to) : from_(from), to_(std::move(to)) {
    handed_.size = sizeof handed_;
    for (const listener& each : to_) {
        if (each.described->wants_any_event != 0) {
            what_.types.clear();  // all
            return;
        }
        each_name(*each.described, [this](std::string_view name) { what_.types.emplace_back(name); });
    }
}

bool event_feed::wants(const listener& who, const stored_type& type) const {
    bool found = who.described->wants_any_event != 0;
    each_name(*who.described, [&](std::string_view name) { found = found || name == type.name; });
    return found;
}

bool event_feed::in_scope(const acta_projection& of, std::string_view stream) noexcept {
    if (of.category_count == 0) return true;
    const std::string_view category = stream.substr(0, stream.find('-'));
    return std::any_of(of.categories, of.categories + of.category_count,
                       [&](acta_text each) { return projections::view(each) == category; });
}

void event_feed::learn_catalogue() {
    for (const stored_type& type : from_.types())
        if (known_type& slot = known(type.id); !slot.known) learn(type, slot);
}

event_feed::known_type& event_feed::known(type_id id) {
    if (id >= types_.size()) types_.resize(id + std::size_t{1});
    return types_[id];
}

void event_feed::learn(const stored_type& type, known_type& slot) {
    acta_stored_type handed{};
    handed.size = sizeof handed;
    handed.number = type.id;
    handed.revision = type.revision;
    handed.fingerprint = type.fingerprint;
    handed.name = projections::borrowed(type.name);
    handed.layout = projections::borrowed(type.layout_text);
    known_type learned;
    learned.known = true;
    for (std::size_t i = 0; i < to_.size(); ++i) {
        if (!wants(to_[i], type)) continue;
        try {
            to_[i].to.learn(to_[i].to.self, handed);
        } catch (const failure& why) {
            throw failure(why.code(), "the projection '" + std::string(projections::view(to_[i].described->name)) + "' cannot read " +
                                          from_.name() + ": " + why.what() +
                                          (why.code() == errc::layout_mismatch ? "; " + use_text(from_, type) : ""));
        }
        learned.wanted_by.push_back(i);
        learned.as_json = learned.as_json || to_[i].described->wants_any_event != 0;
    }
    if (learned.as_json) learned.shape = layout::from_text(type.layout_text);
    slot = std::move(learned);
}

acta::position event_feed::deliver_page(acta::position after, acta::position until, std::size_t most) {
    what_.after = after;
    what_.until = until;
    what_.limit = most < page::max_events ? most : read_options{}.limit;  // a page's own end is an entry's end, which is cheaper
    return read_and_deliver(nullptr);
}

acta::version event_feed::deliver_page(const stream_name& stream, acta::version after, acta::version until) {
    what_.after = after;
    what_.until = until;
    what_.limit = read_options{}.limit;
    return read_and_deliver(&stream);
}

std::int64_t event_feed::read_and_deliver(const stream_name* stream) {
    from_.read_page(stream, what_, page_);
    for (const stored_event& event : page_.events()) deliver(event);
    if (page_.events().size() >= what_.limit) return stream ? page_.events().back().version : page_.events().back().position;
    return page_.last() ? what_.until : page_.next();
}

void event_feed::deliver(const stored_event& event) {
    if (known_type& slot = known(event.type); !slot.known) {
        try {
            learn(from_.type(event.type), slot);
        } catch (const failure& why) {  // a type that came into the store after the catalogue was learned
            throw event_failure(why.code(), why.what(), {.position = event.position});
        }
    }
    const known_type& type = types_[event.type];
    const acta_event* handed = nullptr;
    for (const std::size_t i : type.wanted_by) {
        const listener& to = to_[i];
        if (!in_scope(*to.described, event.stream) || (to.parked && to.parked->keeps_out(event.stream, event.version))) continue;
        try {
            if (!handed) handed = &handed_over(event, type);
            to.to.apply(to.to.self, *handed);
        } catch (const failure& why) { failed(event, i, why.code(), why.what()); } catch (const std::exception& why) {
            failed(event, i, errc::projection_failed, why.what());
        }
    }
    if (handed) ++delivered_;
}

const acta_event& event_feed::handed_over(const stored_event& event, const known_type& type) {
    handed_.type = event.type;
    handed_.position = event.position;
    handed_.version = event.version;
    handed_.recorded_at = event.recorded_at.time_since_epoch().count();
    handed_.stream = projections::borrowed(event.stream);
    handed_.payload = borrowed_bytes(event.payload);
    handed_.shared_metadata = borrowed_bytes(event.shared_metadata);
    handed_.own_metadata = borrowed_bytes(event.own_metadata);
    tags_.clear();
    for (const std::string_view tag : event.tags) tags_.push_back(projections::borrowed(tag));
    handed_.tags = tags_.data();
    handed_.tag_count = tags_.size();
    handed_.json = {nullptr, 0};
    if (type.as_json) {
        json_ = payload_to_json(type.shape, event.payload);
        handed_.json = projections::borrowed(json_);
    }
    return handed_;
}

void event_feed::failed(const stored_event& at, std::size_t listener, errc code, const std::string& words) const {
    const stored_type& type = from_.type(at.type);
    throw event_failure(code,
                        "the projection '" + std::string(projections::view(to_[listener].described->name)) + "' failed at the event " +
                            type.name + " (stream " + std::string(at.stream) + ", version " + std::to_string(at.version) + ", position " +
                            std::to_string(at.position) + "): " + words,
                        {listener, at.position, at.version, std::string(at.stream), type.name, type.revision, words});
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
