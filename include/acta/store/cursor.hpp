// Reading: pages of stored events, and the input range over them.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/envelope.hpp>
#include <acta/store/condition.hpp>

#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace acta {

class log;

/// The number of an event type (name, revision, layout) in one store's catalogue.
using type_id = std::uint32_t;

/// One row of the catalogue: an event type that the store has seen.
struct stored_type {
    type_id id = 0;
    std::string name{};
    std::uint32_t revision = 0;
    std::uint64_t fingerprint = 0;
    std::string layout_text{};
};

/// One stored event, not yet decoded. A view: lives as long as the page (or the cursor's step) it came from.
struct stored_event {
    acta::position position = 0;
    acta::version version = 0;
    timestamp recorded_at{};
    std::string_view stream{};
    type_id type = 0;
    byte_span payload{};
    byte_span shared_metadata{};
    byte_span own_metadata{};
    std::span<const std::string_view> tags{};
    std::uint64_t entry_checksum = 0;  ///< of the entry that holds it: tells histories apart

    /// Copies all but the payload, reusing memory.
    void fill(envelope& out) const;
};

enum class direction : std::uint8_t { forward, backward };

/// Which events to read: those in (after, until], by position, or by version when a stream is read, that pass both filters.
struct read_options {
    std::int64_t after = 0;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
    acta::direction direction = direction::forward;
    std::vector<std::string> types{};  ///< stored names; empty: all
    acta::query query{};               ///< no items: all; where each item has a tag, only entries with such tags are looked at
    std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// A run of events read in one go and copied out, so that nothing in the store is held while the caller works on them. It ends with the
/// entry that reaches 1,000 events or 1 MiB; it may be empty and not the last one. Reuse one object: its memory is kept.
class page {
public:
    static constexpr std::size_t max_events = 1'000;
    static constexpr std::size_t max_bytes = 1 << 20;

    page();
    page(const page&) = delete;
    page& operator=(const page&) = delete;

    std::span<const stored_event> events() const noexcept { return events_; }
    /// Where the next page goes on: the `after` (forward) or `until` (backward) to ask for.
    std::int64_t next() const noexcept { return next_; }
    /// Nothing lies behind this page within what was asked for.
    bool last() const noexcept { return last_; }
    /// The newest position of the store when reading began: all that was asked for and was there then can be read.
    position head() const noexcept { return head_; }

    /// For stores: forget everything, keep the memory.
    void clear();
    void* allocate(std::size_t bytes, std::size_t alignment) {
        used_ += bytes;
        return memory_->allocate(bytes, alignment);
    }
    std::vector<stored_event>& events_to_fill() noexcept { return events_; }
    void set_next(std::int64_t next, bool last) noexcept { next_ = next, last_ = last; }
    void set_head(position head) noexcept { head_ = head; }

private:
    std::vector<std::byte> block_;  // grows to what usual pages take, so that the next one allocates nothing
    std::optional<std::pmr::monotonic_buffer_resource> memory_;
    std::size_t used_ = 0;
    std::vector<stored_event> events_;
    std::int64_t next_ = 0;
    bool last_ = true;
    position head_ = 0;
};

/// An input range of stored events, read page by page up to an upper end that is fixed when it is made. Holds nothing open in the
/// store between steps, so that it may be left lying about. Move-only; borrowed: the log must outlive it.
class cursor {
public:
    cursor(const log& from, std::optional<stream_name> stream, read_options what);

    class iterator {
    public:
        using value_type = stored_event;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        iterator() = default;
        explicit iterator(cursor* of) : of_(of) {}
        const stored_event& operator*() const { return of_->current(); }
        const stored_event* operator->() const { return &of_->current(); }
        iterator& operator++() {
            of_->advance();
            return *this;
        }
        void operator++(int) { of_->advance(); }
        friend bool operator==(const iterator& it, std::default_sentinel_t) { return it.at_end(); }

    private:
        bool at_end() const noexcept { return of_->done(); }
        cursor* of_ = nullptr;
    };

    iterator begin() { return iterator(this); }
    std::default_sentinel_t end() const noexcept { return {}; }

    /// The newest position of the store just before this was made, also when nothing was found: every event up to there that was asked
    /// for is part of this reading. What a condition's `after` takes for an append that rests on what was read.
    position head() const noexcept { return head_; }

private:
    bool done() const noexcept { return at_ == page_->events().size(); }
    const stored_event& current() const { return page_->events()[at_]; }
    void advance();
    void load();

    const log* log_;
    std::optional<stream_name> stream_;
    read_options what_;
    std::unique_ptr<page> page_;
    std::size_t at_ = 0;
    std::size_t delivered_ = 0;
    position head_ = 0;
};

}  // namespace acta
