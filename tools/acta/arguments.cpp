// The arguments that several verbs share, checked before use.
#include "arguments.hpp"

#include "exit_code.hpp"

#include <CLI/CLI.hpp>

#include <charconv>

namespace acta::cli {

void declare_store(CLI::App& arguments, std::string& path) {
    arguments.add_option("STORE", path, "the store, an SQLite file that acta wrote")->required()->type_name("");
}

void declare_number(CLI::App& arguments, const std::string& name, const std::string& letter, std::int64_t& number,
                    const std::string& help) {
    const auto read = [name, &number](const std::string& text) {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value < 1)
            throw complaint(exit_code::usage, name + " takes a whole number from 1 on, not \"" + text + "\"");
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
