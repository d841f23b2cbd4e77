// What a verb of the command is. Each has a file of its own; verbs.cpp lists them.
#pragma once

#include "output.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace acta::cli {

/// One verb: declares its arguments, then runs with what was given. Throws failure or complaint.
class verb {
public:
    verb() = default;
    verb(const verb&) = delete;
    verb& operator=(const verb&) = delete;
    virtual ~verb() = default;

    virtual std::string_view name() const = 0;
    /// One line for `acta --help`.
    virtual std::string_view summary() const = 0;
    /// More for `acta help VERB`, behind its options; may be empty.
    virtual std::string_view details() const { return {}; }
    /// Its positionals and options but for --json and --help, which every verb has.
    virtual void declare(CLI::App& arguments) = 0;
    virtual void run(output& out, bool json) = 0;
};

std::unique_ptr<verb> make_info();
std::unique_ptr<verb> make_events();
std::unique_ptr<verb> make_streams();
std::unique_ptr<verb> make_layout();
std::unique_ptr<verb> make_verify();
std::unique_ptr<verb> make_replay();
std::unique_ptr<verb> make_projections();
std::unique_ptr<verb> make_dead_letters();

/// Every verb, in the order of `acta --help`.
std::vector<std::unique_ptr<verb>> all_verbs();

}  // namespace acta::cli
