// The arguments that several verbs share, checked before use.
#include "arguments.hpp"

#include "exit_code.hpp"
#include "output.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>

namespace acta::cli {

void declare_store(CLI::App& arguments, std::string& path) {
    arguments.add_option("STORE", path, "the store, an SQLite file that acta wrote")->required()->type_name("");
}

void declare_action(CLI::App& arguments, const std::string& verb, std::string& action, const std::vector<std::string>& known) {
    std::string list;
    for (const std::string& each : known) list += (list.empty() ? "" : "|") + each;
    const auto read = [verb, known, list, &action](const std::string& word) {
        if (std::find(known.begin(), known.end(), word) == known.end())
            throw complaint(exit_code::usage, verb + " has nothing named \"" + word + "\"" +
                                                  (nearest(word, known) ? suggestion(word, known) : ": it is followed by " + list));
        action = word;
    };
    arguments.add_option_function<std::string>("ACTION", read, list)->required()->type_name("");
}

void declare_read_model(CLI::App& arguments, std::optional<std::string>& file) {
    arguments.add_option("--read-model", file, "where it is, when not in STORE.models")->type_name("FILE");
}

void declare_plugin(CLI::App& arguments, plugin_choice& choice) {
    arguments.add_option("--plugin", choice.file, "the library that holds the projection")->type_name("LIB");
    arguments.add_option("--projection", choice.projection, "which one, when there are several")->type_name("NAME");
}

const acta_projection& chosen_from(const plugin& library, const plugin_choice& choice) {
    if (choice.projection) return library.projection(*choice.projection);
    if (library.projections().size() == 1) return library.projection();
    std::string names;
    for (const std::string& name : library.names()) names += (names.empty() ? "" : ", ") + name;
    throw complaint(exit_code::usage, choice.file + " has several projections (" + names + "): choose one with --projection");
}

void note_foreign(const log& store, const acta_projection& projection) {
    const std::vector<stored_type> seen = store.types();
    if (seen.empty() || projection.wants_any_event != 0) return;
    const auto text = [](acta_text of) { return std::string(of.data, of.size); };
    std::string names;
    for (std::size_t i = 0; i < projection.consumed_count; ++i) {
        const acta_consumed& event = *projection.consumed[i];
        std::vector<std::string> every_name{text(event.name)};
        for (std::size_t k = 0; k < event.former_name_count; ++k) every_name.push_back(text(event.former_names[k]));
        for (const stored_type& each : seen)
            if (std::find(every_name.begin(), every_name.end(), each.name) != every_name.end()) return;
        names += (names.empty() ? "" : ", ") + every_name.front();
    }
    say(text(projection.name) + " consumes " + names + ", and " + store.name() +
        " has never seen one of them: is it another store's plugin?");
}

void declare_number(CLI::App& arguments, const std::string& name, const std::string& letter, std::int64_t& number,
                    const std::string& help) {
    const auto read = [name, &number](const std::string& text) {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value < 1)
            throw complaint(exit_code::usage, name + " takes a whole number from 1 to 9223372036854775807, not \"" + text + "\"");
        number = value;
    };
    arguments.add_option_function<std::string>(name, read, help)->type_name(letter);
}

stream_name stream_from(const std::string& text) {
    try {
        return stream_name(text);
    } catch (const failure& why) { throw complaint(exit_code::usage, why.what()); }
}

sqlite_log open_to_read(const std::string& path) {
    const std::string file = path == ":memory:" ? "./" + path : path;  // a file of that name, not a store in memory
    return sqlite_log(file, {.read_only = true});
}

}  // namespace acta::cli
