// The event types that a store has ever seen, kept in memory; grows, never changes.
#include "catalogue.hpp"

#include <acta/event/layout.hpp>
#include <acta/event/match.hpp>

#include "checksum.hpp"

namespace acta::detail {

namespace {

std::int64_t checksum_of(const stored_type& type) {
    return row_checksum()
        .add(static_cast<std::int64_t>(type.id))
        .add(type.name)
        .add(static_cast<std::int64_t>(type.revision))
        .add(static_cast<std::int64_t>(type.fingerprint))
        .add(type.layout_text)
        .value();
}

}  // namespace

void catalogue::refresh(const connection& from) {
    const std::lock_guard lock(guard_);
    statement query(from, "SELECT id, name, revision, fingerprint, layout, checksum FROM event_type WHERE id > ? ORDER BY id");
    query.bind(1, static_cast<std::int64_t>(types_.size()));
    while (query.step()) {
        stored_type type;
        type.id = static_cast<type_id>(query.number(0));
        type.name = query.text(1);
        type.revision = static_cast<std::uint32_t>(query.number(2));
        type.fingerprint = static_cast<std::uint64_t>(query.number(3));
        type.layout_text = query.text(4);
        if (type.id != types_.size() + 1 || query.number(5) != checksum_of(type) || type.fingerprint != fingerprint_of(type.layout_text) ||
            !storable_name(type.name))
            throw failure(errc::damaged, from.shown() + ": event type " + std::to_string(types_.size() + 1) +
                                             " of its catalogue is not what was written: restore it from a copy, then look at the disk");
        types_.push_back(std::move(type));
    }
    size_.store(types_.size(), std::memory_order_release);
}

void catalogue::shrink_to(std::size_t size) {
    const std::lock_guard lock(guard_);
    if (size >= types_.size()) return;
    types_.resize(size);
    size_.store(size, std::memory_order_release);
}

const stored_type& catalogue::at(type_id id) const {
    const std::lock_guard lock(guard_);
    if (id < 1 || id > types_.size())
        throw failure(errc::not_found,
                      "event type " + std::to_string(id) + " is not in the store's catalogue: take numbers from events or types()");
    return types_[id - 1];
}

std::optional<type_id> catalogue::find(std::string_view name, std::uint32_t revision, std::uint64_t fingerprint) const {
    const std::lock_guard lock(guard_);
    for (const stored_type& type : types_)
        if (type.fingerprint == fingerprint && type.revision == revision && type.name == name) return type.id;
    return std::nullopt;
}

void catalogue::check_resolves(const event_codec& fresh, const std::string& store) const {
    const std::lock_guard lock(guard_);
    for (const stored_type& type : types_) {
        if (type.revision != fresh.type.revision || type.name != fresh.type.name) continue;
        try {
            resolve({type.name, type.revision, type.fingerprint, type.layout_text}, fresh);
        } catch (const failure& why) { throw failure(why.code(), store + ": " + why.what()); }
    }
}

std::vector<stored_type> catalogue::all() const {
    const std::lock_guard lock(guard_);
    return {types_.begin(), types_.end()};
}

void insert_type(const connection& on, const stored_type& type) {
    statement(on, "INSERT INTO event_type (id, name, revision, fingerprint, layout, checksum) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(1, static_cast<std::int64_t>(type.id))
        .bind(2, type.name)
        .bind(3, static_cast<std::int64_t>(type.revision))
        .bind(4, static_cast<std::int64_t>(type.fingerprint))
        .bind(5, type.layout_text)
        .bind(6, checksum_of(type))
        .finish();
}

}  // namespace acta::detail
