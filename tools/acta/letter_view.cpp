// A dead letter as text.
#include "letter_view.hpp"

#include "event_view.hpp"
#include "json_line.hpp"

#include <fmt/format.h>

namespace acta::cli {

std::string sentence_of(const dead_letter& letter) {
    return fmt::format("{}  {} version {}{}, position {}, {}, tried {}x: {}", letter.projection, letter.stream, letter.version,
                       letter.whole_stream ? " and later" : "", letter.position, shown_type(letter.type, letter.revision), letter.attempts,
                       letter.error);
}

std::string json_of(const dead_letter& letter, const std::string& read_model, const std::string& rows, const std::string& event) {
    json_line line("dead_letter");
    line.text("read_model", read_model).text("rows", rows).text("projection", letter.projection).text("stream", letter.stream);
    line.number("version", letter.version).number("position", letter.position).text("type", letter.type);
    line.number("revision", std::int64_t{letter.revision}).json("whole_stream", letter.whole_stream ? "true" : "false");
    line.number("attempts", std::int64_t{letter.attempts}).text("parked_at", shown_time(letter.parked_at)).text("error", letter.error);
    if (!event.empty()) line.json("event", event);
    return line.finish();
}

}  // namespace acta::cli
