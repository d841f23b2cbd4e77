// What a look at every row of a store has found.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/event/envelope.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace acta {

/// The answer of sqlite_log::verify.
struct verified {
    static constexpr std::size_t most_findings = 100;

    position head = 0;           ///< the newest event of what was looked at
    std::uint64_t entries = 0;   ///< looked at, as are the others
    std::uint64_t streams = 0;   ///< those with a name and at least one entry
    std::uint64_t tags = 0;      ///< rows that lead from a tag to an entry
    std::uint64_t commands = 0;  ///< answered ones
    std::uint64_t snapshots = 0;
    std::vector<std::string> findings{};  ///< a sentence for each thing that is not what was written, the first most_findings of them

    bool sound() const noexcept { return findings.empty(); }
};

/// Called now and then with the position reached and the one to be reached.
using on_verified = std::function<void(position reached, position head)>;

}  // namespace acta
