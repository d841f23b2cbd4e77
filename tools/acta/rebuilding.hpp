// `acta projections rebuild`: a read model made anew beside the live one.
#pragma once

#include "arguments.hpp"
#include "confirm.hpp"
#include "output.hpp"

#include <optional>
#include <string>

namespace acta::cli {

struct rebuild_arguments {
    plugin_choice plugin{};
    std::optional<std::string> read_model{};
    bool diff = false;
    caution careful{};
};

/// Throws failure or complaint.
void run_rebuild(const std::string& store, const rebuild_arguments& how, output& out, bool json);

}  // namespace acta::cli
