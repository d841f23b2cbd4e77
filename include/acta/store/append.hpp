// What an append asks for and what it answers.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <string>
#include <vector>

#include <acta/event/result.hpp>
#include <acta/store/new_event.hpp>

namespace acta {

/// What the writer believes about a stream; checked in the transaction that inserts.
class expected_version {
public:
    enum class kind : std::uint8_t { any, none, exists, exactly };
    constexpr expected_version(kind what, acta::version number = 0) : kind_(what), version_(number) {}

    /// Is it true of a stream with this many events?
    constexpr bool holds(acta::version actual) const noexcept {
        switch (kind_) {
            case kind::any: return true;
            case kind::none: return actual == 0;
            case kind::exists: return actual > 0;
            case kind::exactly: return actual == version_;
        }
        return false;
    }
    /// "any version", "no stream", "an existing stream", "version 5".
    std::string text() const;

    friend constexpr bool operator==(const expected_version&, const expected_version&) = default;

private:
    kind kind_;
    acta::version version_;
};

inline constexpr expected_version any{expected_version::kind::any};        ///< nothing is believed
inline constexpr expected_version none{expected_version::kind::none};      ///< the stream is new
inline constexpr expected_version exists{expected_version::kind::exists};  ///< the stream has events
/// The stream has exactly this many events; 0 is the same as `none`.
constexpr expected_version exactly(version number) {
    return {expected_version::kind::exactly, number};
}

/// Events for one stream, and what is believed about it.
struct stream_write {
    stream_name stream{};
    expected_version expected = any;
    std::vector<new_event> events{};
};

/// All or nothing: every write of every stream, or none. Positions follow the order of the writes. A stream stands in it once.
struct append_request {
    std::vector<stream_write> writes{};
    acta::metadata metadata{};  ///< shared by all its events, stored once per entry
};

/// A stored append.
struct appended {
    position first_position = 0;
    position last_position = 0;
    std::vector<acta::version> versions{};  ///< of each write's stream, after it

    /// Of the last write's stream: what `exactly` takes for the next append.
    acta::version version() const { return versions.empty() ? 0 : versions.back(); }
};

/// What stood in the way of an append.
struct conflict {
    stream_name stream{};
    expected_version expected = any;
    version actual = 0;
};

/// Why an append stored nothing: `conflict` is set when `code` is errc::conflict.
struct append_error : error {
    acta::conflict conflict;
};

using append_result = result<appended, append_error>;

}  // namespace acta
