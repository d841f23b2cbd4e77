// The names of the error codes.
#include <acta/event/result.hpp>

namespace acta {

const char* to_string(errc code) noexcept {
    switch (code) {
    case errc::conflict: return "conflict";
    case errc::not_found: return "not_found";
    case errc::unknown_outcome: return "unknown_outcome";
    case errc::misuse: return "misuse";
    case errc::bad_name: return "bad_name";
    case errc::too_large: return "too_large";
    case errc::not_a_store: return "not_a_store";
    case errc::newer_format: return "newer_format";
    case errc::read_only: return "read_only";
    case errc::damaged: return "damaged";
    case errc::layout_mismatch: return "layout_mismatch";
    case errc::unknown_event: return "unknown_event";
    case errc::disk_full: return "disk_full";
    case errc::io: return "io";
    case errc::busy: return "busy";
    case errc::bad_plugin: return "bad_plugin";
    case errc::projection_failed: return "projection_failed";
    case errc::other_read_model: return "other_read_model";
    case errc::id_reused: return "id_reused";
    case errc::outdated_read_model: return "outdated_read_model";
    case errc::cancelled: return "cancelled";
    case errc::bad_input: return "bad_input";
    }
    return "unnamed";
}

}  // namespace acta
