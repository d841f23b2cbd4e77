// Loading projection plugins.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/read/abi.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace acta {

/// A loaded projection plugin. The library stays loaded until the program ends, so that its projections may be used for as long as
/// anybody likes, whatever becomes of this object. Thread rule: const functions from any thread.
class plugin {
public:
    /// Loads a library. Its bounds are checked before the system maps it, its tables before they are used. Throws failure(not_found)
    /// when there is no such file, failure(bad_plugin) with one sentence for everything that is no plugin for this acta.
    explicit plugin(const std::filesystem::path& library);

    const std::filesystem::path& file() const noexcept { return file_; }
    /// All its projections, at least one; their names differ.
    std::span<const acta_projection* const> projections() const noexcept { return projections_; }
    /// The names of its projections, in its order.
    std::vector<std::string> names() const;
    /// The only one. Throws failure(misuse) naming them when there are several.
    const acta_projection& projection() const;
    /// The one of that name. Throws failure(not_found) naming those that there are.
    const acta_projection& projection(std::string_view name) const;

private:
    std::string listed() const;

    std::filesystem::path file_;
    std::vector<const acta_projection*> projections_;
};

}  // namespace acta
