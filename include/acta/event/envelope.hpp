// What surrounds a recorded event: its stream, version, position, time, metadata and tags.
#pragma once

#include <acta/event/bytes.hpp>
#include <acta/event/clock.hpp>
#include <acta/event/command_id.hpp>
#include <acta/event/event.hpp>
#include <acta/event/tag.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acta {

/// 1-based number of an event in its stream; 0 is "before the first".
using version = std::int64_t;
/// 1-based number of an event in the whole store; 0 is "before the first".
using position = std::int64_t;

/// `category-id`, split at the first `-`: category and id are not empty, together at most 255 bytes of valid UTF-8 without control
/// characters.
class stream_name {
public:
    static constexpr std::size_t max_size = 255;

    stream_name() = default;
    /// Both throw failure(bad_name) with a sentence when the rules above are broken.
    stream_name(std::string_view category, std::string_view id);
    explicit stream_name(std::string_view text);
    stream_name(const category& kind, std::string_view id) : stream_name(kind.name, id) {}

    const std::string& text() const noexcept { return text_; }
    std::string_view category() const noexcept { return std::string_view(text_).substr(0, hyphen_); }
    /// A std::string, because most read models key their rows by it.
    std::string id() const { return text_.empty() ? std::string() : text_.substr(hyphen_ + 1); }

    /// Takes over a name that has been checked before, reusing this one's memory; for those who deliver events.
    void assign_checked(std::string_view text) {
        text_ = text;
        hyphen_ = text.find('-');
    }

    friend bool operator==(const stream_name& a, const stream_name& b) { return a.text_ == b.text_; }
    friend auto operator<=>(const stream_name& a, const stream_name& b) { return a.text_ <=> b.text_; }

private:
    std::string text_;
    std::size_t hyphen_ = 0;
};

/// Who, why and in which context: standard keys and the application's own, kept as their stored bytes (src/store/FORMAT.md) and
/// read when asked. Where a key stands twice the later one wins, so an event's own value stands before the one it shares.
class metadata {
public:
    metadata() = default;

    metadata& with_actor(std::string_view actor);
    metadata& with_correlation(const command_id& id);
    metadata& with_causation(const command_id& id);
    /// W3C Trace Context, as received.
    metadata& with_traceparent(std::string_view traceparent);
    /// When it happened, as opposed to when it was recorded.
    metadata& with_occurred_at(timestamp when);
    /// A key of the application's own: 1 to 200 bytes, not one of the standard names.
    metadata& with(std::string_view key, std::string_view value);
    /// Adds all of `other`, which wins.
    metadata& with(const metadata& other);

    std::optional<std::string> actor() const;
    std::optional<std::string> correlation() const;
    std::optional<std::string> causation() const;
    std::optional<std::string> traceparent() const;
    std::optional<timestamp> occurred_at() const;
    /// An own key's value.
    std::optional<std::string> find(std::string_view key) const;
    /// Every key, standard ones by name, with its value as text, in stored order, later ones of the same key having replaced earlier.
    std::vector<std::pair<std::string, std::string>> items() const;

    bool empty() const noexcept { return bytes_.empty(); }
    byte_span bytes() const noexcept { return bytes_of(bytes_); }
    /// Takes over stored bytes that check() has passed, reusing this one's memory; for those who deliver events.
    void assign_checked(byte_span shared, byte_span own);
    /// Throws failure(damaged) when the bytes are no items.
    static void check(byte_span bytes);

    friend bool operator==(const metadata&, const metadata&) = default;

private:
    std::string bytes_;
};

/// All that is known of a recorded event but the event itself.
struct envelope {
    stream_name stream{};
    acta::version version = 0;
    acta::position position = 0;
    timestamp recorded_at{};
    acta::metadata metadata{};
    std::vector<tag> tags{};
};

}  // namespace acta
