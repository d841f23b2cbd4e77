// One read transaction on a read model.
#pragma once

#include <acta/replay/reading.hpp>

#include "replay/model.hpp"
#include "replay/model_database.hpp"

#include <optional>

namespace acta::detail {

class read_view {
public:
    /// On a connection of its own, or, of a read model in memory, on the runner's: `shared` outlives it.
    read_view(std::unique_ptr<model> own, const acta_projection& of);
    read_view(model& shared, const acta_projection& of);
    read_view(const read_view&) = delete;
    read_view& operator=(const read_view&) = delete;

    const acta_database& database() const noexcept { return database_->functions(); }
    acta::position position() const noexcept { return position_; }

private:
    read_view(std::unique_ptr<model> own, model* shared, const acta_projection& of);
    void check(const acta_projection& of);

    std::unique_ptr<model> own_;
    model& from_;
    std::optional<transaction> turn_;
    std::optional<model_database> database_;
    acta::position position_ = 0;
};

}  // namespace acta::detail
