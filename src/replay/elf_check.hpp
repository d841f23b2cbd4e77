// Whether the system may be asked to load a library: a truncated one would be a SIGBUS, not an error.
#pragma once

#include <filesystem>

namespace acta::detail {

/// Throws failure(not_found, bad_plugin) with one sentence unless the file is a whole shared library for this machine.
void check_library(const std::filesystem::path& file);

}  // namespace acta::detail
