// Which events match a query: decided inside the decoded entry, with the index of tags as the way to the entries worth decoding.
#include "matching.hpp"

#include "event/text.hpp"
#include "names.hpp"

#include <algorithm>

namespace acta::detail {

tag_index::tag_index(const connection& from)
    : from_(from),
      id_(from, "SELECT id, checksum FROM tag WHERE name = ?"),
      next_(from, "SELECT last_position FROM entry_tag WHERE tag = ? AND last_position >= ? ORDER BY last_position LIMIT 1"),
      previous_(from, "SELECT last_position FROM entry_tag WHERE tag = ? AND last_position <= ? ORDER BY last_position DESC LIMIT 1") {}

std::optional<std::uint64_t> tag_index::find(const tag& one) {
    const reset_at_exit reset(id_);
    if (!id_.bind(1, one.text()).step()) return std::nullopt;
    const std::int64_t id = id_.number(0);
    if (id < 1 || id_.number(1) != tag_row_checksum(id, one.text()))
        throw failure(errc::damaged,
                      from_.shown() + ": the tag " + in_quotes(one.text()) + " is not what was written: restore the store from a copy");
    return static_cast<std::uint64_t>(id);
}

std::optional<position> tag_index::next(std::uint64_t tag, position from) {
    const reset_at_exit reset(next_);
    if (!next_.bind(1, static_cast<std::int64_t>(tag)).bind(2, from).step()) return std::nullopt;
    return next_.number(0);
}

std::optional<position> tag_index::previous(std::uint64_t tag, position from) {
    const reset_at_exit reset(previous_);
    if (!previous_.bind(1, static_cast<std::int64_t>(tag)).bind(2, from).step()) return std::nullopt;
    return previous_.number(0);
}

bool type_filter::passes(type_id type, const catalogue& types) {
    if (names_->empty()) return true;
    if (answers_.size() <= type) answers_.resize(type + std::size_t{1}, answer::unknown);
    if (answers_[type] == answer::unknown)
        answers_[type] = std::find(names_->begin(), names_->end(), types.at(type).name) != names_->end() ? answer::yes : answer::no;
    return answers_[type] == answer::yes;
}

matcher::matcher(const query& what, tag_index& index, const catalogue& types) : index_(index), types_(types) {
    for (const query_item& wanted : what.items) {
        item found{type_filter(wanted.types), {}};
        for (const tag& one : wanted.tags)
            if (const auto id = index.find(one)) found.tags.push_back(*id);
        if (wanted.tags.empty()) sought_ = false;
        if (found.tags.size() == wanted.tags.size()) items_.push_back(std::move(found));
    }
}

bool matcher::matches(const entry_event& event) {
    return std::any_of(items_.begin(), items_.end(), [&](item& one) {
        const auto has = [&](std::uint64_t tag) { return std::find(event.tags.begin(), event.tags.end(), tag) != event.tags.end(); };
        return std::all_of(one.tags.begin(), one.tags.end(), has) && one.types.passes(event.type, types_);
    });
}

template <bool forward>
std::optional<position> matcher::nearest(position from) {
    std::optional<position> best;
    for (const item& one : items_)
        if (const auto found = nearest<forward>(one, from))
            if (!best || (forward ? *found < *best : *found > *best)) best = found;
    return best;
}

/// The tags take turns to leap to where they stand next, until all stand at one entry (after Veldhuizen's leapfrog join, 2014).
template <bool forward>
std::optional<position> matcher::nearest(const item& of, position from) {
    for (std::size_t agreed = 0, at = 0; agreed < of.tags.size(); at = (at + 1) % of.tags.size()) {
        const auto found = forward ? index_.next(of.tags[at], from) : index_.previous(of.tags[at], from);
        if (!found) return std::nullopt;
        agreed = *found == from ? agreed + 1 : 1;
        from = *found;
    }
    return from;
}

template std::optional<position> matcher::nearest<true>(position);
template std::optional<position> matcher::nearest<false>(position);

}  // namespace acta::detail
