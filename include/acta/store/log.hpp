// The log: the port through which everything appends and reads. SQLite stands behind it (sqlite.hpp); others may.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/store/append.hpp>
#include <acta/store/cursor.hpp>

#include <array>
#include <chrono>
#include <future>
#include <optional>
#include <span>
#include <vector>

namespace acta {

/// A stream as listed.
struct stream_info {
    std::int64_t id = 0;
    stream_name name{};
    acta::version version = 0;    ///< of its newest event
    acta::position position = 0;  ///< of its newest event
    timestamp recorded_at{};      ///< when that was recorded
};

/// The ordered, immutable events of one store.
/// Guarantees (the laws): what append acknowledged is durable; positions are gapless from 1 and follow commit order; an append is
/// stored whole or not at all; nothing stored ever changes. Thread rule: every function may be called from any thread.
class log {
public:
    log() = default;
    log(const log&) = delete;
    log& operator=(const log&) = delete;
    virtual ~log() = default;

    /// Appends events to one stream. Answers a conflict as a value; throws failure(misuse, bad_name, too_large, read_only,
    /// disk_full, io, busy, layout_mismatch, id_reused) or bad_alloc when nothing was stored, failure(unknown_outcome) when that cannot be
    /// told.
    append_result append(const stream_name& stream, expected_version expected, std::vector<new_event> events, const metadata& shared = {});
    /// The same, where it is not the stream's version that has to be as it was but what a query finds.
    append_result append(const stream_name& stream, condition rests_on, std::vector<new_event> events, const metadata& shared = {});
    append_result append(const append_request& request);

    /// Appends many requests in one transaction, each with its own answer: a conflict stores nothing of its own request and leaves the
    /// others alone, but for later requests of this call that write to a stream whose earlier request conflicted: they were decided
    /// on a history that never came to be, and conflict as well. Throws as append does; then nothing of the call is stored.
    virtual std::vector<append_result> append_all(std::span<const append_request> requests) = 0;

    /// Appends without waiting for the disk: requests of one caller are stored in the order in which they were given, many in one
    /// transaction. What append would throw, the future throws; failure(busy) is thrown here when the queue stays full. Where the log
    /// goes away first, it stores what waits.
    virtual std::future<append_result> append_async(append_request request);

    /// What is kept of the request with this id; nothing when there is none, or none any more (options::command_age).
    virtual std::optional<answered> find_answer(const command_id& id) const = 0;
    /// The snapshot of a stream, if there is one that can be read.
    virtual std::optional<snapshot> find_snapshot(const stream_name& stream) const = 0;

    /// All events by position, or those of one stream by version. A stream that is not there is empty.
    cursor read(const read_options& what = {}) const;
    cursor read(const stream_name& stream, const read_options& what = {}) const;
    /// All events that match, by position.
    cursor read(query what) const;
    /// One page of the same. `what.limit` caps the events delivered. Throws failure(damaged) where stored bytes are not what was written.
    virtual void read_page(const stream_name* stream, const read_options& what, page& out) const = 0;

    /// The position of the newest event; 0 when there is none.
    virtual position head() const = 0;
    /// Waits until there are events behind `after`, whoever appends them, at most until `deadline`; answers the head. This one asks
    /// every few milliseconds, which a store may do better.
    virtual position wait(position after, std::chrono::steady_clock::time_point deadline) const;
    /// The newest event of a stream; nothing when the stream has none.
    virtual std::optional<stream_info> find_stream(const stream_name& stream) const = 0;
    /// Streams by number (the order in which they were made), from behind `after_id`, at most `limit`.
    virtual std::vector<stream_info> streams(std::int64_t after_id, std::size_t limit) const = 0;

    /// One row of the catalogue. The reference lives as long as the log.
    virtual const stored_type& type(type_id id) const = 0;
    /// The whole catalogue, by number.
    virtual std::vector<stored_type> types() const = 0;

    /// The random identity of this store, made when it was created.
    virtual std::array<std::byte, 16> uuid() const = 0;
    virtual timestamp created_at() const = 0;
    /// The checksum of the entry that holds the event at `where`; nothing when there is no such event.
    virtual std::optional<std::uint64_t> checksum_at(position where) const = 0;
    /// Where the store lives, for messages: a path, or ":memory:".
    virtual std::string name() const = 0;
};

}  // namespace acta
