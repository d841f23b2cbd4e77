// The event types that a store has ever seen, kept in memory; grows, never changes.
#pragma once

#include <acta/event/encoding.hpp>
#include <acta/store/cursor.hpp>

#include "database.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

namespace acta::detail {

/// Thread-safe. References live as long as the catalogue, but for types that shrink_to forgets.
class catalogue {
public:
    /// Takes in the rows behind the newest one known, checking their checksums.
    void refresh(const connection& from);
    /// Forgets the types behind the first `size`: they were inserted by a transaction that was rolled back.
    void shrink_to(std::size_t size);

    std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }
    bool knows(type_id id) const noexcept { return id >= 1 && id <= size(); }
    /// Throws failure(not_found) for a number that is not there.
    const stored_type& at(type_id id) const;
    std::optional<type_id> find(std::string_view name, std::uint32_t revision, std::uint64_t fingerprint) const;
    /// Before a new layout of a type is added. Throws failure(layout_mismatch) when events that are stored with another one, under the same
    /// name and revision, could not be read with it. `store` is for the sentence.
    void check_resolves(const event_codec& fresh, const std::string& store) const;
    std::vector<stored_type> all() const;

private:
    mutable std::mutex guard_;
    std::deque<stored_type> types_;  // number 1 first
    std::atomic<std::size_t> size_{0};
};

/// Adds a type inside the writer's transaction.
void insert_type(const connection& on, const stored_type& type);

}  // namespace acta::detail
