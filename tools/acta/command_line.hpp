// From the words of a command line to the verb that runs: help, version, and what to say when a word is wrong.
#pragma once

#include "output.hpp"

#include <string>
#include <vector>

namespace acta::cli {

/// Does what the words (without the program's name) ask for. Throws complaint, failure, reader_gone.
void run_command_line(const std::vector<std::string>& words, output& out);

}  // namespace acta::cli
