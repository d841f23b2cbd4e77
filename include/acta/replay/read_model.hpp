// What a read model's file says of itself: projections, checkpoint, history.
#pragma once

#if !defined(ACTA_ROOM_REPLAY)
#error "acta/replay/... runs projections: link acta::replay (a projection or plugin links acta::read alone and never sees it)"
#endif

#include <acta/event/envelope.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acta {

/// How far a read model has come, and in which history. It moves in the transaction that changes the rows.
struct checkpoint {
    std::array<std::byte, 16> store{};  ///< uuid of the store that it was built from
    acta::position position = 0;        ///< of the last event that was applied or passed over
    std::uint64_t entry_checksum = 0;   ///< of the entry at that position; 0 at position 0
    std::int64_t generation = 1;        ///< raised when somebody other than the runner changes rows: a rebuild, a letter retried
    timestamp updated_at{};

    friend bool operator==(const checkpoint&, const checkpoint&) = default;
};

/// A read model as its file describes it (src/replay/READ_MODEL.md).
struct read_model_info {
    struct projection {
        std::string name;
        std::uint32_t revision = 0;
    };
    std::vector<projection> projections;
    std::optional<acta::checkpoint> checkpoint;  ///< nothing: no projection has started in it
    std::size_t dead_letters = 0;
};

/// Who runs a read model now.
struct runner_holder {
    std::int64_t process = 0;  ///< its number in the system; 0: it did not say
    timestamp since{};
};

/// Where the read model of a projection (or of a group, by a name that the application gives it) belongs: `<store>.models/<name>.db`, a
/// slash in the name written as `+`.
std::filesystem::path read_model_path(const std::filesystem::path& store, std::string_view name);

/// Looks into a read model without changing it; another process may be filling it. Throws failure with a sentence that names the file:
/// not_found, not_a_store, newer_format, damaged, io.
read_model_info inspect_read_model(const std::filesystem::path& file);

}  // namespace acta
