// The arguments that several verbs share, checked before use.
#pragma once

#include <acta/event/envelope.hpp>
#include <acta/store/sqlite.hpp>
#include <acta/replay/plugins.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace acta::cli {

/// The positional STORE.
void declare_store(CLI::App& arguments, std::string& path);

/// The positional word that says what a verb is to do: one of `known`. Anything else is a complaint with exit code 2.
void declare_action(CLI::App& arguments, const std::string& verb, std::string& action, const std::vector<std::string>& known);

/// --read-model FILE.
void declare_read_model(CLI::App& arguments, std::optional<std::string>& file);

/// --plugin LIB and --projection NAME.
struct plugin_choice {
    std::string file{};
    std::optional<std::string> projection{};
};
void declare_plugin(CLI::App& arguments, plugin_choice& choice);
/// The projection that was chosen. Several to choose from are a complaint with exit code 2.
const acta_projection& chosen_from(const plugin& library, const plugin_choice& choice);

/// Says on standard error that a store has never seen an event that the projection consumes, if that is so: most likely the plugin is another
/// application's.
void note_foreign(const log& store, const acta_projection& projection);

/// An option that takes a whole number from 1 on; anything else is a complaint with exit code 2.
void declare_number(CLI::App& arguments, const std::string& name, const std::string& letter, std::int64_t& number, const std::string& help);

/// The stream's name, or a complaint with exit code 2.
stream_name stream_from(const std::string& text);

/// Opens a store to read from it and change nothing.
sqlite_log open_to_read(const std::string& path);

}  // namespace acta::cli
