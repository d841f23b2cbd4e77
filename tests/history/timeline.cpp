// When each position of a log can have been stored.
#include "timeline.hpp"

#include <limits>

namespace tests {

timeline::timeline(std::size_t positions)
    : not_before_(positions + 2, {std::numeric_limits<std::int64_t>::min(), ""}),
      not_after_(positions + 2, {std::numeric_limits<std::int64_t>::max(), ""}) {}

void timeline::came_after(acta::position where, std::int64_t time, std::string_view why) {
    bound& one = not_before_[static_cast<std::size_t>(where)];
    if (time > one.time) one = {time, why};
}

void timeline::came_by(acta::position where, std::int64_t time, std::string_view why) {
    bound& one = not_after_[static_cast<std::size_t>(where)];
    if (time < one.time) one = {time, why};
}

/// A position comes after all that its predecessors come after, and is there when any of its successors is.
std::string timeline::contradiction() const {
    const std::size_t size = not_after_.size();
    std::vector<std::size_t> seen_first(size);  // of a position and all behind it, the one that was seen first
    for (std::size_t where = size; where-- > 0;) {
        seen_first[where] = where;
        if (where + 1 < size && not_after_[seen_first[where + 1]].time < not_after_[where].time) seen_first[where] = seen_first[where + 1];
    }
    std::size_t latest = 0;  // of a position and all before it, the one that came last
    for (std::size_t where = 0; where < size; ++where) {
        if (not_before_[where].time > not_before_[latest].time) latest = where;
        const bound& late = not_before_[latest];
        const bound& early = not_after_[seen_first[where]];
        if (late.time > early.time)
            return "time goes back: position " + std::to_string(latest) + " was not there when " + std::string(late.why) +
                   ", and position " + std::to_string(seen_first[where]) + ", which is not before it, was there " +
                   std::to_string(late.time - early.time) + " ns earlier, when " + std::string(early.why);
    }
    return {};
}

}  // namespace tests
