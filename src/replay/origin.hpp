// Is a read model what a runner takes it for: its projections, and the history that it was built from?
#pragma once

#include <acta/replay/runner.hpp>

#include "replay/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace acta::detail {

/// Throws failure(outdated_read_model, other_read_model) when `stored` has not `described` in the same revision.
void check_member(const std::string& file, const std::vector<model::member>& stored, const acta_projection& described);

/// The same for all of a group; the stored ones are to be just these.
void check_members(const std::string& file, const std::vector<model::member>& stored, const runner::group& described);

/// Why a read model with this checkpoint is of another store or history than `from`, as a sentence about `file`.
std::optional<std::string> foreign_history(const std::string& file, const checkpoint& found, const log& from);

/// Where a rebuild of a read model makes the fresh one.
inline std::filesystem::path rebuild_file(const std::filesystem::path& file) { return file.string() + ".rebuild"; }

/// The checkpoint at a position of `from`.
checkpoint checkpoint_at(const log& from, acta::position where, std::int64_t generation, timestamp now);

}  // namespace acta::detail
