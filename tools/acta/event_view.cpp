// Stored events as text, from the store's catalogue alone.
#include "event_view.hpp"

#include <acta/event/json.hpp>

#include "json_line.hpp"

#include <fmt/format.h>

namespace acta::cli {

std::string event_view::data_of(const stored_event& event) {
    const known_type& type = known(event.type);
    try {
        return payload_to_json(type.layout, event.payload);
    } catch (const failure& why) {
        throw failure(
            why.code(),
            fmt::format("{}: the event at position {} does not fit the layout of its type {}: {}. Restore the store from a copy, then "
                        "look at the disk",
                        log_.name(), event.position, type.shown, why.what()));
    }
}

std::string event_view::json_of(const stored_event& event) {
    metadata about;
    about.assign_checked(event.shared_metadata, event.own_metadata);
    json_line line("event");
    line.number("position", event.position).number("version", event.version).text("stream", event.stream);
    line.text("type", known(event.type).name).number("revision", std::int64_t{known(event.type).revision});
    line.text("recorded_at", shown_time(event.recorded_at)).json("metadata", json_texts(about.items())).json("tags", json_list(event.tags));
    return line.json("data", data_of(event)).finish();
}

const event_view::known_type& event_view::known(type_id id) {
    if (const auto found = types_.find(id); found != types_.end()) return found->second;
    const stored_type& type = log_.type(id);
    try {
        return types_
            .emplace(id, known_type{type.name, type.revision, shown_type(type.name, type.revision), layout::from_text(type.layout_text)})
            .first->second;
    } catch (const failure& why) {
        throw failure(why.code(), fmt::format("{}: event type {}: {}. Restore the store from a copy, then look at the disk", log_.name(),
                                              shown_type(type.name, type.revision), why.what()));
    }
}

std::string shown_type(std::string_view name, std::uint32_t revision) {
    return revision == 1 ? std::string(name) : fmt::format("{}@{}", name, revision);
}

std::string shown_time(timestamp when) { return iso8601(when.time_since_epoch().count()); }

}  // namespace acta::cli
