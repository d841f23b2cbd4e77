// Reading a read model through its projection's own class, in one transaction.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/read/projection.hpp>

#include <filesystem>
#include <memory>

namespace acta {

namespace detail {

/// One read transaction on a read model, and how far it had come then.
class read_view;
std::shared_ptr<read_view> open_view(const std::filesystem::path& file, const acta_projection& of);
const acta_database& database_of(const std::shared_ptr<read_view>& view) noexcept;
acta::position position_of(const std::shared_ptr<read_view>& view) noexcept;

}  // namespace detail

/// The committed rows of a read model as a const projection: a fresh object on one read transaction, so that everything read through
/// it belongs together while a runner goes on. Short-lived: it pins the write-ahead log. Used by one thread at a time.
template <class P>
class reading {
public:
    /// Another process may be filling the file. Throws failure: not_found, not_a_store, newer_format, damaged, outdated_read_model when an
    /// older revision filled it, other_read_model when it belongs to another projection or a newer revision or nobody filled it yet, io
    /// when its tables have another shape.
    explicit reading(const std::filesystem::path& file) : reading(detail::open_view(file, abi_of<P>())) {}
    explicit reading(std::shared_ptr<detail::read_view> view) : view_(std::move(view)), projection_(std::make_unique<P>()) {
        detail::projections::bind_all(detail::projections::members_of(*projection_), {&detail::database_of(view_), nullptr});
    }

    const P& operator*() const noexcept { return *projection_; }
    const P* operator->() const noexcept { return projection_.get(); }
    /// All events up to this position are in what is read, and none behind it.
    acta::position position() const noexcept { return detail::position_of(view_); }

private:
    std::shared_ptr<detail::read_view> view_;  // outlives the projection
    std::unique_ptr<P> projection_;
};

}  // namespace acta
