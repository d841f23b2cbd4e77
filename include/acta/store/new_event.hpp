// An event on its way into the log: encoded where it was made, with tags and metadata of its own.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/encoding.hpp>
#include <acta/event/envelope.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace acta {

/// What `event | with(...) | tagged(...)` makes: an event and what is recorded beside it.
template <event E>
struct annotated {
    E event{};
    acta::metadata metadata{};
    std::vector<tag> tags{};
    stream_name destination{};  ///< empty: the stream that it is appended to anyway
};

/// `withdrawn{500} | acta::with("reason", "fee")`: metadata of this one event, beside what its append shares.
struct with {
    std::string_view key;
    std::string_view value;
    with(std::string_view name, std::string_view text) : key(name), value(text) {}
};

/// `registered{...} | acta::tagged("email", "ada@example.org")`: a tag, beside those of the event's own tags().
struct tagged {
    tag added;
    tagged(std::string_view key, std::string_view value) : added(key, value) {}
};

/// What `to` makes.
struct directed {
    stream_name destination{};
};
/// `subscribed{...} | acta::to(stream)`: in a decision on several streams, or on what a query finds, which one the event goes to.
inline directed to(stream_name stream) { return {std::move(stream)}; }

template <event E>
annotated<E> operator|(annotated<E> left, const with& right) {
    left.metadata.with(right.key, right.value);
    return left;
}
template <event E>
annotated<E> operator|(annotated<E> left, const tagged& right) {
    left.tags.push_back(right.added);
    return left;
}
template <event E>
annotated<E> operator|(annotated<E> left, const directed& right) {
    left.destination = right.destination;
    return left;
}
template <event E, class Note>
    requires std::is_same_v<Note, with> || std::is_same_v<Note, tagged> || std::is_same_v<Note, directed> annotated<E>
operator|(E left, const Note& right) { return annotated<E>{std::move(left), {}, {}, {}} | right; }

/// Any event, encoded. Made from a plain event or an annotated one; encoding happens here, on the caller's thread.
class new_event {
public:
    template <event E>
    new_event(const E& event) : new_event(codec_of<E>(), &event, {}, {}) {}
    template <event E>
    new_event(const annotated<E>& event) : new_event(codec_of<E>(), &event.event, event.metadata, event.tags) {
        destination_ = event.destination;
    }

    const event_codec& codec() const noexcept { return *codec_; }
    byte_span payload() const noexcept { return payload_; }
    const acta::metadata& metadata() const noexcept { return metadata_; }
    const std::vector<tag>& tags() const noexcept { return tags_; }
    /// The stream that it has to go to; empty: any.
    const stream_name& destination() const noexcept { return destination_; }

private:
    new_event(const event_codec& codec, const void* event, acta::metadata own, std::vector<tag> tags);

    const event_codec* codec_;
    std::vector<std::byte> payload_;
    acta::metadata metadata_;
    std::vector<tag> tags_;
    stream_name destination_;
};

}  // namespace acta
