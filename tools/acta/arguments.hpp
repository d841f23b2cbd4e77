// The arguments that several verbs share, checked before use.
#pragma once

#include <acta/event/envelope.hpp>
#include <acta/store/sqlite.hpp>

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace acta::cli {

/// The positional STORE.
void declare_store(CLI::App& arguments, std::string& path);

/// An option that takes a whole number from 1 on; anything else is a complaint with exit code 2.
void declare_number(CLI::App& arguments, const std::string& name, const std::string& letter, std::int64_t& number, const std::string& help);

/// The stream's name, or a complaint with exit code 2.
stream_name stream_from(const std::string& text);

/// Opens a store to read from it and change nothing.
sqlite_log open_to_read(const std::string& path);

}  // namespace acta::cli
