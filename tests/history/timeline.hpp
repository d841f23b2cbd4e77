// When each position of a log can have been stored, from what was seen of it and when.
#pragma once

#include <acta/event/envelope.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tests {

/// Positions are stored one after the other, each at one moment; 0 was always there, and the one behind the last is never stored.
class timeline {
public:
    explicit timeline(std::size_t positions);

    /// It was not there before that moment. `why` lives as long as this.
    void came_after(acta::position where, std::int64_t time, std::string_view why);
    /// It was there at that moment.
    void came_by(acta::position where, std::int64_t time, std::string_view why);

    /// Two of these that leave no moment, as a sentence; "" where there are none. O(n).
    std::string contradiction() const;

private:
    struct bound {
        std::int64_t time = 0;
        std::string_view why{};
    };
    std::vector<bound> not_before_, not_after_;  // by position
};

}  // namespace tests
