// How the command ends: one number for scripts, one sentence for people.
#pragma once

#include <acta/event/result.hpp>

#include <stdexcept>
#include <string>

namespace acta::cli {

/// What the command answers to the shell; listed in `acta --help`.
enum class exit_code : int {
    ok = 0,
    failed = 1,
    usage = 2,
    not_found = 3,
    conflict = 4,
    verification_failed = 5,
    busy = 6,
    layout_problem = 7,
};

/// The exit code for an error of the library.
exit_code exit_code_of(errc code) noexcept;

/// Ends the command with a code and one sentence, for what the library does not say by itself.
class complaint : public std::runtime_error {
public:
    complaint(exit_code code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
    exit_code code() const noexcept { return code_; }

private:
    exit_code code_;
};

}  // namespace acta::cli
