// How the command ends: which exit code an error of the library becomes.
#include "exit_code.hpp"

namespace acta::cli {

exit_code exit_code_of(errc code) noexcept {
    switch (code) {
    case errc::not_found: return exit_code::not_found;
    case errc::bad_input: return exit_code::usage;
    case errc::conflict:
    case errc::id_reused:
    case errc::other_read_model:
    case errc::outdated_read_model: return exit_code::conflict;
    case errc::damaged: return exit_code::verification_failed;
    case errc::busy: return exit_code::busy;
    case errc::layout_mismatch:
    case errc::unknown_event: return exit_code::layout_problem;
    case errc::unknown_outcome:
    case errc::misuse:
    case errc::bad_name:
    case errc::too_large:
    case errc::not_a_store:
    case errc::newer_format:
    case errc::read_only:
    case errc::disk_full:
    case errc::io:
    case errc::bad_plugin:
    case errc::projection_failed:
    case errc::cancelled: return exit_code::failed;
    }
    return exit_code::failed;
}

}  // namespace acta::cli
