// An entry's bytes: one row that holds a run of consecutive events of one stream (FORMAT.md, "Entry").
#pragma once

#include <acta/event/envelope.hpp>

#include "checksum.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace acta::detail {

constexpr std::uint8_t entry_format = 1;
constexpr std::size_t max_entry_events = 256;
/// A run whose events exceed this goes into several entries; one event alone may exceed it, up to the limit of an event.
constexpr std::size_t max_entry_bytes = 16 << 20;
/// No store has as many events; a position beyond is damage, so that counting on cannot overflow.
constexpr std::int64_t max_position = std::int64_t{1} << 62;

/// One event inside an entry. Borrowed.
struct entry_event {
    std::uint32_t type = 0;
    std::span<const std::uint64_t> tags;
    byte_span own_metadata;
    byte_span payload;
};

/// Appends an entry's bytes to `out`. At most max_entry_events.
void write_entry(std::vector<std::byte>& out, const entry_place& where, std::uint64_t nonce, byte_span shared_metadata,
                 std::span<const entry_event> events);

/// An entry taken apart. Views into the data, but for the tags; reuse one object.
class entry_reader {
public:
    /// Checks the checksum and every byte of the structure; throws failure(damaged) with half a sentence. `data` must outlive the views.
    void read(const entry_place& where, byte_span data);

    std::span<const entry_event> events() const noexcept { return events_; }
    byte_span shared_metadata() const noexcept { return shared_metadata_; }
    std::uint64_t nonce() const noexcept { return nonce_; }
    std::uint64_t checksum() const noexcept { return checksum_; }

private:
    void read_event(byte_span bytes);

    std::vector<entry_event> events_;
    std::vector<std::uint64_t> tags_;
    std::vector<std::size_t> tag_counts_;
    byte_span shared_metadata_;
    std::uint64_t nonce_ = 0;
    std::uint64_t checksum_ = 0;
};

}  // namespace acta::detail
