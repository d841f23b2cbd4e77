// A layout as JSON Schema, draft 2020-12: of what `acta events --json` prints as `data`.
#pragma once

#include <acta/event/layout.hpp>

#include <string>
#include <string_view>

namespace acta::cli {

/// One line of JSON. `title` names the event.
std::string json_schema(const layout& of, std::string_view title);

}  // namespace acta::cli
