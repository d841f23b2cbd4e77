// Making outcomes, and saying them in a sentence.
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

outcome outcome::when_conflict(const acta::conflict& what) {
    outcome made(kind::conflict, what.stream, what.actual, 0);
    made.expected_ = what.expected;
    return made;
}

outcome outcome::when_unknown(stream_name stream, std::string why) {
    outcome made(kind::unknown, std::move(stream), 0, 0);
    made.why_ = std::move(why);
    return made;
}

std::optional<conflict> outcome::conflict() const {
    if (kind_ != kind::conflict) return std::nullopt;
    return acta::conflict{stream_, expected_, version_};
}

std::string outcome::text() const {
    const std::string where = stream_.text().empty() ? std::string() : stream_.text() + ": ";
    switch (kind_) {
    case kind::accepted: return where + "accepted at version " + std::to_string(version_);
    case kind::refused: return where + "refused: " + std::string(refusal_->sentence) + " (" + std::string(refusal_->code) + ")";
    case kind::conflict:
        return where + "in conflict: expected " + expected_.text() + ", found version " + std::to_string(version_) +
               ": load it again and decide again";
    case kind::unknown: return where + "unknown whether it is stored: " + why_;
    }
    return where;
}

}  // namespace acta
