// One read transaction on a read model.
#include "replay/read_view.hpp"

#include <acta/read/delivery.hpp>

#include "replay/origin.hpp"

namespace acta::detail {

read_view::read_view(std::unique_ptr<model> own, const acta_projection& of) : read_view(std::move(own), nullptr, of) {}

read_view::read_view(model& shared, const acta_projection& of) : read_view(nullptr, &shared, of) {}

read_view::read_view(std::unique_ptr<model> own, model* shared, const acta_projection& of)
    : own_(std::move(own)), from_(own_ ? *own_ : *shared) {
    if (!from_.in_transaction()) turn_.emplace(from_);
    check(of);
    database_.emplace(from_.on(), from_.rules(), std::string(projections::view(of.name)), definition::compare);
    database_->begin_defining();
}

void read_view::check(const acta_projection& of) {
    const auto stored = from_.members();
    const auto at = from_.stored_checkpoint();
    if (stored.empty() || !at) throw failure(errc::other_read_model, from_.shown() + " is empty: no projection was replayed into it yet");
    check_member(from_.shown(), stored, of);
    position_ = at->position;
}

std::shared_ptr<read_view> open_view(const std::filesystem::path& file, const acta_projection& of) {
    return std::make_shared<read_view>(std::make_unique<model>(file, access::read, timestamp()), of);
}

const acta_database& database_of(const std::shared_ptr<read_view>& view) noexcept { return view->database(); }

acta::position position_of(const std::shared_ptr<read_view>& view) noexcept { return view->position(); }

}  // namespace acta::detail
