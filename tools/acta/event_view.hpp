// Stored events as text, from the store's catalogue alone.
#pragma once

#include <acta/event/layout.hpp>
#include <acta/store/log.hpp>

#include <string>
#include <unordered_map>

namespace acta::cli {

/// Renders events of one log; remembers each event type's parsed layout. The log must outlive it. Used by one thread.
class event_view {
public:
    explicit event_view(const log& of) : log_(of) {}

    /// The type's name, with its revision behind it where that is not the first: "account.opened", "account.opened@2".
    const std::string& type_of(const stored_event& event) { return known(event.type).shown; }
    /// The payload as JSON on one line. Throws failure(damaged) when it does not fit the layout it was stored with.
    std::string data_of(const stored_event& event);
    /// The whole event in the envelope of --json.
    std::string json_of(const stored_event& event);

private:
    struct known_type {
        std::string name;
        std::uint32_t revision = 0;
        std::string shown;
        acta::layout layout;
    };
    const known_type& known(type_id id);

    const log& log_;
    std::unordered_map<type_id, known_type> types_;
};

/// "account.opened", or "account.opened@2" where the revision is not the first.
std::string shown_type(std::string_view name, std::uint32_t revision);

/// When something was recorded, as ISO 8601 in UTC.
std::string shown_time(timestamp when);

}  // namespace acta::cli
