// What may hurt is asked about, or wants --yes.
#include "confirm.hpp"

#include "exit_code.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>
#include <cstdio>

namespace acta::cli {

void declare_caution(CLI::App& arguments, caution& how) {
    arguments.add_flag("--yes", how.yes, "do it without asking");
    arguments.add_flag("--dry-run", how.dry_run, "say what would be done, and change nothing");
}

void check_caution(const caution& how, const std::string& verb) {
    if (!how.yes && !how.dry_run && ::isatty(STDIN_FILENO) != 1)
        throw complaint(exit_code::usage,
                        verb + " changes what readers see, and nobody is there to be asked: give --yes, or --dry-run first");
}

void confirm(const caution& how, const std::string& question) {
    if (how.yes) return;
    std::fprintf(stderr, "%s [y/N] ", terminal_safe(question).c_str());
    char answer[16] = {};
    const bool heard = std::fgets(answer, sizeof answer, stdin) != nullptr;
    if (!heard || (answer[0] != 'y' && answer[0] != 'Y'))
        throw complaint(exit_code::failed, "nothing was changed: the answer was not \"y\"");
}

}  // namespace acta::cli
