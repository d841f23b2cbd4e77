// A log's events in order, as abi.h hands them to one projection.
#pragma once

#include <acta/event/layout.hpp>
#include <acta/store/log.hpp>
#include <acta/read/abi.h>
#include <acta/replay/feed.hpp>

#include <optional>
#include <string>
#include <vector>

namespace acta::detail {

/// An event that a projection failed on.
class event_failure : public failure {
public:
    event_failure(errc code, const std::string& text, acta::position where) : failure(code, text), position(where) {}
    acta::position position;
};

/// Reads page by page what one projection is about and hands it over. The log and the projection's table outlive it. Used by one thread
/// at a time. It remembers which types the receiver has learned, so make a new one with a new receiver.
class event_feed {
public:
    event_feed(const log& from, const acta_projection& described, const receiver& to);

    /// Hands over every type of the catalogue that the projection is about. Throws failure(layout_mismatch) with a sentence.
    void learn_catalogue();

    /// Delivers the next page of the events in (after, until] and answers how far that is. Throws event_failure for an event that the
    /// receiver failed on, and what the log throws.
    acta::position deliver_page(acta::position after, acta::position until);
    std::uint64_t delivered() const noexcept { return delivered_; }

private:
    enum class knowledge : std::uint8_t { none, wanted, unwanted };
    struct known_type {
        knowledge is = knowledge::none;
        layout shape;  // where JSON is wanted
    };

    bool named(const stored_type& type) const;
    bool in_scope(std::string_view stream) const noexcept;
    known_type& known(type_id id);
    void learn(const stored_type& type, known_type& slot);
    void learn_at(const stored_event& event, known_type& slot);
    void deliver(const stored_event& event, const known_type& type);
    [[noreturn]] void failed(const stored_event& at, errc code, const std::string& words) const;

    const log& from_;
    const acta_projection& described_;
    receiver to_;
    read_options what_;
    page page_;
    std::vector<known_type> types_;
    std::vector<acta_text> tags_;
    std::string json_;
    std::uint64_t delivered_ = 0;
};

}  // namespace acta::detail
