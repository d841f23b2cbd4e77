// What a log is asked and what it answers, as text.
#include "telling.hpp"

#include "support/reading.hpp"

#include <sstream>

using namespace acta;

namespace tests {

namespace {

template <class Number>
std::string list(const std::vector<Number>& all) {
    std::string out;
    for (const Number one : all) out += " " + std::to_string(one);
    return out;
}

std::string hexadecimal(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char each : bytes) {
        const auto byte = static_cast<unsigned char>(each);
        out += digits[byte >> 4U], out += digits[byte & 15U];
    }
    return out;
}

std::string tell(const query& what) {
    std::string out;
    for (const query_item& item : what.items) {
        if (&item != &what.items.front()) out += " or";
        for (const std::string& type : item.types) out += " " + type;
        for (const tag& one : item.tags) out += " " + one.text();
    }
    return out.substr(0, 200);
}

std::string lines(const log& from, cursor events, const std::vector<seen>& all) {
    std::ostringstream out;
    for (const seen& one : all) {
        out << "  " << one << hexadecimal(one.payload) << " shared " << hexadecimal(one.shared) << " own " << hexadecimal(one.own)
            << " recorded " << one.recorded_at << '\n';
    }
    out << "  up to " << events.head() << " of " << from.head() << '\n';
    return out.str();
}

}  // namespace

std::string tell(const append_request& request) {
    std::ostringstream out;
    for (const stream_write& write : request.writes) {
        out << write.stream.text() << " (" << write.expected.text() << "):";
        for (const new_event& event : write.events) {
            if (&event - write.events.data() == 4) {
                out << " ... " << write.events.size() << " events";
                break;
            }
            out << ' ' << event.codec().type.name << " of " << event.payload().size() << " bytes";
            for (const tag& one : event.tags()) out << ' ' << one.text();
            if (!event.metadata().empty()) out << " with metadata";
            out << ',';
        }
        out << "; ";
    }
    if (!request.metadata.empty()) out << "shared metadata; ";
    for (const condition& one : request.conditions) out << "fails if" << tell(one.what) << " behind " << one.after << "; ";
    if (!request.id.empty()) out << "id " << request.id.text() << "; ";
    if (!request.command.empty()) out << "command " << request.command.substr(0, 20) << "; ";
    if (!request.answer.empty()) out << "keeps " << request.answer.size() << " bytes; ";
    if (const snapshot& one = request.snapshot; !one.stream.text().empty())
        out << "snapshot of " << one.stream.text() << " version " << one.version << " position " << one.position << "; ";
    return out.str();
}

std::string tell(const read_options& what) {
    std::string out = "(" + std::to_string(what.after) + ", " + std::to_string(what.until) + "]";
    out += what.direction == direction::forward ? " forward" : " backward";
    out += ", limit " + std::to_string(what.limit) + ", types";
    for (const std::string& one : what.types) out += " " + one;
    return out + ", query" + tell(what.query);
}

std::string tell(const append_result& answer) {
    if (answer)
        return std::string(answer->already_done ? "already done" : "stored") + " at " + std::to_string(answer->first_position) + " to " +
               std::to_string(answer->last_position) + ", versions" + list(answer->versions) + ", kept " +
               hexadecimal(text_of(answer->answer)) + "\n";
    const conflict& why = answer.error().conflict;
    return std::string(to_string(answer.error().code)) + ": " +
           (why.condition ? "condition " + std::to_string(*why.condition)
                          : why.stream.text() + " expected " + why.expected.text() + ", is at " + std::to_string(why.actual)) +
           ", positions" + list(why.positions) + ", head " + std::to_string(why.head) + "\n";
}

std::string tell(const std::optional<stream_info>& one) {
    if (!one) return "no such stream\n";
    return std::to_string(one->id) + " " + one->name.text() + " at " + std::to_string(one->version) + ", position " +
           std::to_string(one->position) + ", recorded " + std::to_string(one->recorded_at.time_since_epoch().count()) + "\n";
}

std::string tell(const std::optional<answered>& one) {
    if (!one) return "no answer\n";
    return one->command + " recorded " + std::to_string(one->recorded_at.time_since_epoch().count()) + ": " +
           tell(append_result(one->what));
}

std::string tell(const std::optional<snapshot>& one) {
    if (!one) return "no snapshot\n";
    return "snapshot of " + one->stream.text() + " at " + std::to_string(one->version) + ", position " + std::to_string(one->position) +
           ", fingerprint " + std::to_string(one->fingerprint) + ", " + hexadecimal(text_of(one->data)) + "\n";
}

std::string tell_events(const log& from, const read_options& what) { return lines(from, from.read(what), read_all(from, what)); }

std::string tell_events(const log& from, const stream_name& stream, const read_options& what) {
    return lines(from, from.read(stream, what), read_all(from, stream, what));
}

}  // namespace tests
