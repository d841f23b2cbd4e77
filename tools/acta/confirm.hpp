// What may hurt is asked about, or wants --yes.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace acta::cli {

/// The options of a dangerous verb.
struct caution {
    bool yes = false;
    bool dry_run = false;
};
void declare_caution(CLI::App& arguments, caution& how);

/// To be called before any work: without --yes and --dry-run somebody has to be there to be asked. Throws complaint with exit code 2.
void check_caution(const caution& how, const std::string& verb);

/// Asks on standard error, unless --yes was given. "No" throws complaint with exit code 1.
void confirm(const caution& how, const std::string& question);

}  // namespace acta::cli
