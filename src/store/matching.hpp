// Which events match a query: decided inside the decoded entry, with the index of tags as the way to the entries worth decoding.
#pragma once

#include <acta/store/condition.hpp>

#include "catalogue.hpp"
#include "entry.hpp"

#include <optional>
#include <vector>

namespace acta::detail {

/// The numbers of tags, and the entries that hold them. Used by one thread at a time.
class tag_index {
public:
    explicit tag_index(const connection& from);

    /// Nothing when no event has the tag. Throws failure(damaged) when its row is not what was written.
    std::optional<std::uint64_t> find(const tag& one);
    /// The nearest entry with that tag whose last position is `from` or behind it, or `from` or before it; nothing when there is none.
    std::optional<position> next(std::uint64_t tag, position from);
    std::optional<position> previous(std::uint64_t tag, position from);

private:
    const connection& from_;
    statement id_, next_, previous_;
};

/// Event types by stored name, answered once per type.
class type_filter {
public:
    /// The names outlive it; none: every type passes.
    explicit type_filter(const std::vector<std::string>& names) : names_(&names) {}
    bool passes(type_id type, const catalogue& types);

private:
    enum class answer : std::uint8_t { unknown, yes, no };
    const std::vector<std::string>* names_;
    std::vector<answer> answers_;  // by type
};

/// A query as one connection sees it now. Tags that it does not find are of no event at or before any head that was read earlier: so take
/// the head first. The query, the index and the catalogue outlive it.
class matcher {
public:
    matcher(const query& what, tag_index& index, const catalogue& types);

    /// Does every item name a tag, so that next() and previous() lead to all matching events?
    bool sought() const noexcept { return sought_; }
    bool matches(const entry_event& event);

    /// The nearest entry, from the one that ends at `from` on, that has all tags of an item.
    std::optional<position> next(position from) { return nearest<true>(from); }
    std::optional<position> previous(position from) { return nearest<false>(from); }

private:
    struct item {
        type_filter types;
        std::vector<std::uint64_t> tags;
    };
    template <bool forward>
    std::optional<position> nearest(position from);
    template <bool forward>
    std::optional<position> nearest(const item& of, position from);

    tag_index& index_;
    const catalogue& types_;
    std::vector<item> items_;  // without those that no event can match, because nothing has one of their tags
    bool sought_ = true;
};

}  // namespace acta::detail
