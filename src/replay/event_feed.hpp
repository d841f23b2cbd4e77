// A log's events in order, as abi.h hands them to projections.
#pragma once

#include <acta/event/layout.hpp>
#include <acta/store/log.hpp>
#include <acta/read/abi.h>
#include <acta/replay/feed.hpp>

#include "replay/parked_streams.hpp"

#include <span>
#include <string>
#include <vector>

namespace acta::detail {

/// An event that a projection failed on. what() names projection, event and place.
class event_failure : public failure {
public:
    struct place {
        std::size_t listener = 0;  ///< which of the feed's listeners
        acta::position position = 0;
        acta::version version = 0;
        std::string stream{};
        std::string type{};
        std::uint32_t revision = 0;
        std::string words{};  ///< the projection's own
    };
    event_failure(errc code, const std::string& text, place where) : failure(code, text), at(std::move(where)) {}
    place at;
};

/// One projection that hears of events. `parked`, where there is one, outlives the feed and may change between pages.
struct listener {
    const acta_projection* described = nullptr;
    receiver to{};
    const parked_streams* parked = nullptr;
};

/// Reads page by page what its projections are about, and hands each event to all of them that are about it, in their order. The log and
/// the projections' tables outlive it. Used by one thread at a time. It remembers which types the receivers have learned, so make a
/// new one with new receivers.
class event_feed {
public:
    event_feed(const log& from, std::vector<listener> to);
    event_feed(const log& from, const acta_projection& described, const receiver& to) : event_feed(from, {{&described, to}}) {}

    /// Hands over every type of the catalogue that a projection is about. Throws failure(layout_mismatch) with a sentence.
    void learn_catalogue();

    /// Delivers the next page of the events in (after, until], at most `most` events of the log, and answers how far that is. Throws
    /// event_failure for an event that a receiver failed on, and what the log throws.
    acta::position deliver_page(acta::position after, acta::position until, std::size_t most = page::max_events);
    /// The same of one stream, by version.
    acta::version deliver_page(const stream_name& stream, acta::version after, acta::version until);
    /// How many events were handed to at least one projection.
    std::uint64_t delivered() const noexcept { return delivered_; }

private:
    struct known_type {
        bool known = false;
        std::vector<std::size_t> wanted_by{};  ///< numbers of listeners
        bool as_json = false;
        layout shape;  ///< where JSON is wanted
    };

    bool wants(const listener& who, const stored_type& type) const;
    static bool in_scope(const acta_projection& of, std::string_view stream) noexcept;
    known_type& known(type_id id);
    void learn(const stored_type& type, known_type& slot);
    std::int64_t read_and_deliver(const stream_name* stream);
    void deliver(const stored_event& event);
    const acta_event& handed_over(const stored_event& event, const known_type& type);
    [[noreturn]] void failed(const stored_event& at, std::size_t listener, errc code, const std::string& words) const;

    const log& from_;
    std::vector<listener> to_;
    read_options what_;
    page page_;
    std::vector<known_type> types_;
    acta_event handed_{};
    std::vector<acta_text> tags_;
    std::string json_;
    std::uint64_t delivered_ = 0;
};

}  // namespace acta::detail
