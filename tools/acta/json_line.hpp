// The envelope of everything that `--json` prints: one object on one line, with the envelope's version and its kind first.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acta::cli {

/// `{"acta":1,"kind":"info", ...}`, members in the order in which they are added. The 1 is the envelope's version: it is raised when a
/// member changes its meaning or goes away, not when one is added.
class json_line {
public:
    explicit json_line(std::string_view kind);

    json_line& text(std::string_view key, std::string_view value);
    json_line& number(std::string_view key, std::int64_t value);
    json_line& number(std::string_view key, double value);
    /// `value` is JSON already.
    json_line& json(std::string_view key, std::string_view value);

    /// The line, without its end. Nothing may be added afterwards.
    std::string finish();

private:
    void add_key(std::string_view key);
    std::string text_;
};

/// `["a","b"]` from texts.
std::string json_list(std::span<const std::string_view> texts);

/// `{"actor":"teller-7"}` from keys and texts.
std::string json_texts(const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace acta::cli
