// The envelope of everything that `--json` prints: one object on one line, with the envelope's version and its kind first.
#include "json_line.hpp"

#include <acta/event/json.hpp>

#include <fmt/format.h>

namespace acta::cli {

json_line::json_line(std::string_view kind) : text_("{\"acta\":1,\"kind\":" + json_quoted(kind)) {}

json_line& json_line::text(std::string_view key, std::string_view value) { return json(key, json_quoted(value)); }

json_line& json_line::number(std::string_view key, std::int64_t value) { return json(key, std::to_string(value)); }

json_line& json_line::number(std::string_view key, double value) { return json(key, fmt::format("{:.6g}", value)); }

json_line& json_line::json(std::string_view key, std::string_view value) {
    add_key(key);
    text_ += value;
    return *this;
}

std::string json_line::finish() {
    text_ += '}';
    return std::move(text_);
}

void json_line::add_key(std::string_view key) {
    text_ += ",\"";
    text_ += key;
    text_ += "\":";
}

std::string json_list(std::span<const std::string_view> texts) {
    std::string out = "[";
    for (const std::string_view text : texts) {
        if (out.size() > 1) out += ',';
        out += json_quoted(text);
    }
    return out + ']';
}

std::string json_texts(const std::vector<std::pair<std::string, std::string>>& members) {
    std::string out = "{";
    for (const auto& [key, value] : members) {
        if (out.size() > 1) out += ',';
        out += json_quoted(key) + ':' + json_quoted(value);
    }
    return out + '}';
}

}  // namespace acta::cli
