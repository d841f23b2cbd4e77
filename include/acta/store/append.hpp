// What an append asks for and what it answers.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/result.hpp>
#include <acta/store/condition.hpp>
#include <acta/store/new_event.hpp>
#include <acta/store/snapshot.hpp>

#include <optional>
#include <string>
#include <vector>

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
    /// The version that is believed; 0 where none is.
    constexpr acta::version number() const noexcept { return version_; }
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
constexpr expected_version exactly(version number) { return {expected_version::kind::exactly, number}; }

/// Events for one stream, and what is believed about it; without events, a belief alone, beside other writes that have some.
struct stream_write {
    stream_name stream{};
    expected_version expected = any;
    std::vector<new_event> events{};
};

/// All or nothing: every write of every stream, or none, and only if every condition holds. Positions follow the order of the writes. A
/// stream stands in it once.
struct append_request {
    std::vector<stream_write> writes{};   ///< may be empty where there is an `id`: then only the answer is stored
    acta::metadata metadata{};            ///< shared by all its events, stored once per entry
    std::vector<condition> conditions{};  ///< checked in the transaction that inserts, as the expected versions are

    /// Said once: where it is given, the request is stored once, whatever becomes of it later. The same id again is answered as it was the
    /// first time, and stores nothing; with another `command` it is a misuse.
    command_id id{};
    std::string command{};            ///< the stored name of what the id stands for
    std::vector<std::byte> answer{};  ///< kept with the id and given back as it is: whatever the caller wants to know again

    /// Kept if the append is stored: a state that a reading gave, whatever comes of the events. Of no stream: none.
    acta::snapshot snapshot{};
};

/// A stored append.
struct appended {
    position first_position = 0;
    position last_position = 0;             ///< 0, as the first, where there were no events to store
    std::vector<acta::version> versions{};  ///< of each write's stream, after it
    bool already_done = false;              ///< this is the answer that the same id got before; nothing was stored now
    std::vector<std::byte> answer{};        ///< where already_done: what was kept with the id

    /// Of the last write's stream: what `exactly` takes for the next append.
    acta::version version() const { return versions.empty() ? 0 : versions.back(); }
};

/// What is kept of a request that had an id.
struct answered {
    std::string command{};
    timestamp recorded_at{};
    appended what{};
};

/// What stood in the way of an append: a stream that was at another version, or a condition.
struct conflict {
    static constexpr std::size_t most_positions = 100;

    stream_name stream{};                     ///< empty where it was a condition
    expected_version expected = any;          ///< of the stream
    version actual = 0;                       ///< of the stream
    std::optional<std::size_t> condition{};   ///< which of the request's conditions, from 0
    std::vector<acta::position> positions{};  ///< of the events that were not expected, the first most_positions of them
    acta::position head = 0;                  ///< the newest event then: where to go on reading from, and the `after` to try again with
};

/// Why an append stored nothing: `conflict` is set when `code` is errc::conflict.
struct append_error : error {
    acta::conflict conflict;
};

using append_result = result<appended, append_error>;

}  // namespace acta
