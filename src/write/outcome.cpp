// Making outcomes, keeping them, and saying them in a sentence.
#include <acta/event/bytes.hpp>
#include <acta/write/outcome.hpp>

namespace acta {

outcome::outcome(kind what, stream_name stream, acta::version at, acta::position last)
    : kind_(what), stream_(std::move(stream)), version_(at), position_(last) {}

outcome outcome::when_accepted(stream_name stream, acta::version at, acta::position last) {
    return {kind::accepted, std::move(stream), at, last};
}

outcome outcome::when_refused(stream_name stream, acta::version at, acta::position last, const acta::refusal& why) {
    outcome made(kind::refused, std::move(stream), at, last);
    made.refusal_ = why;
    return made;
}

outcome outcome::when_conflict(acta::conflict what) {
    outcome made(kind::conflict, what.stream, what.actual, 0);
    auto more = std::make_shared<details>();
    more->conflict = std::move(what);
    made.details_ = std::move(more);
    return made;
}

outcome outcome::when_unknown(stream_name stream, std::string why) {
    outcome made(kind::unknown, std::move(stream), 0, 0);
    auto more = std::make_shared<details>();
    more->why = std::move(why);
    made.details_ = std::move(more);
    return made;
}

std::optional<conflict> outcome::conflict() const {
    if (kind_ != kind::conflict) return std::nullopt;
    return details_->conflict;
}

std::vector<std::byte> outcome::kept() const {
    std::vector<std::byte> bytes;
    byte_writer out(bytes);
    out.text(stream_.text());
    out.varint(static_cast<std::uint64_t>(version_));
    out.varint(static_cast<std::uint64_t>(position_));
    if (refusal_) out.text(refusal_->code), out.text(refusal_->sentence);
    return bytes;
}

outcome outcome::from_kept(const appended& before) {
    byte_reader in(before.answer);
    const std::string_view name = in.text();
    const auto at = static_cast<acta::version>(in.varint());
    const auto last = static_cast<acta::position>(in.varint());
    outcome made(kind::accepted, name.empty() ? stream_name() : stream_name(name), at, last);
    made.already_done_ = true;
    if (before.last_position > 0) {
        made.position_ = before.last_position;
        if (made.version_ != 0 && !before.versions.empty()) made.version_ = before.versions.front();
    }
    if (in.done()) return made;
    auto more = std::make_shared<details>();
    more->code = in.text(), more->sentence = in.text();
    if (!in.done()) byte_reader::broken("there are bytes behind a kept refusal");
    made.kind_ = kind::refused;
    made.refusal_ = acta::refusal(std::string_view(more->code), std::string_view(more->sentence));
    made.details_ = std::move(more);
    return made;
}

std::string outcome::text() const {
    const std::string where = stream_.text().empty() ? std::string() : stream_.text() + ": ";
    switch (kind_) {
    case kind::accepted: return where + "accepted at version " + std::to_string(version_);
    case kind::refused: return where + "refused: " + std::string(refusal_->sentence) + " (" + std::string(refusal_->code) + ")";
    case kind::conflict:
        if (details_->conflict.condition)
            return where + "in conflict: the event at position " + std::to_string(details_->conflict.positions.front()) +
                   " was not there when it was decided: decide again";
        return where + "in conflict: expected " + details_->conflict.expected.text() + ", found version " + std::to_string(version_) +
               ": load it again and decide again";
    case kind::unknown: return where + "unknown whether it is stored: " + details_->why;
    }
    return where;
}

}  // namespace acta
