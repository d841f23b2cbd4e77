// What differs between the tables of two read models.
#pragma once

#include <acta/replay/rebuild.hpp>

#include "replay/model.hpp"

#include <filesystem>
#include <vector>

namespace acta::detail {

/// Two read models in one connection that only reads, so that SQL can join them.
class two_models {
public:
    /// Fixes what is seen of the live one now. Both files have to be there.
    two_models(const std::filesystem::path& live, const std::filesystem::path& fresh);

    /// The live checkpoint's position and letters, as of then.
    acta::position live_position() const noexcept { return live_; }
    std::vector<dead_letter> live_letters() const;

    /// Tables that differ, with at most `samples` rows of each kind; the fresh ones as they are at the first call.
    std::vector<table_difference> compare(std::size_t samples) const;

private:
    file_in_use live_in_use_, fresh_in_use_;
    connection on_;
    acta::position live_ = 0;
};

}  // namespace acta::detail
