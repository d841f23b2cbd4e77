// An event as it comes back from the store: the domain's struct and its envelope.
#pragma once

#include <acta/event/envelope.hpp>

#include <utility>

namespace acta {

/// An immutable event with what surrounds it; a value that may be kept. `e->cents` is the event's field, `e.stream()` its stream.
template <class E>
class recorded {
public:
    recorded() = default;
    recorded(E event, envelope about) : event_(std::move(event)), about_(std::move(about)) {}

    const E& event() const noexcept { return event_; }
    const E& operator*() const noexcept { return event_; }
    const E* operator->() const noexcept { return &event_; }

    const stream_name& stream() const noexcept { return about_.stream; }
    acta::version version() const noexcept { return about_.version; }
    acta::position position() const noexcept { return about_.position; }
    /// When the store took it in; never goes back along positions.
    timestamp recorded_at() const noexcept { return about_.recorded_at; }
    const acta::metadata& metadata() const noexcept { return about_.metadata; }
    const std::vector<tag>& tags() const noexcept { return about_.tags; }

    /// For those who deliver events: the same object is filled again for the next one, so that its memory is reused.
    E& event_to_fill() noexcept { return event_; }
    envelope& envelope_to_fill() noexcept { return about_; }

private:
    E event_{};
    envelope about_;
};

/// An event of a type this program may not know: its stored name and revision, and its payload as JSON.
template <>
class recorded<any_event> {
public:
    const std::string& type() const noexcept { return type_; }
    std::uint32_t revision() const noexcept { return revision_; }
    const std::string& json() const noexcept { return json_; }

    const stream_name& stream() const noexcept { return about_.stream; }
    acta::version version() const noexcept { return about_.version; }
    acta::position position() const noexcept { return about_.position; }
    timestamp recorded_at() const noexcept { return about_.recorded_at; }
    const acta::metadata& metadata() const noexcept { return about_.metadata; }
    const std::vector<tag>& tags() const noexcept { return about_.tags; }

    void fill(std::string_view type, std::uint32_t revision, std::string_view json) { type_ = type, revision_ = revision, json_ = json; }
    envelope& envelope_to_fill() noexcept { return about_; }

private:
    std::string type_;
    std::uint32_t revision_ = 0;
    std::string json_;
    envelope about_;
};

}  // namespace acta
