// Which events dead letters keep out of the rows of one projection.
#pragma once

#include <acta/replay/dead_letters.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace acta::detail {

class parked_streams {
public:
    void add(const dead_letter& letter) {
        kept_out& stream = streams_[letter.stream];
        if (letter.whole_stream) stream.from = std::min(stream.from, letter.version);
        else stream.single.insert(letter.version);
    }
    bool keeps_out(std::string_view stream, acta::version version) const {
        if (streams_.empty()) return false;
        const auto found = streams_.find(stream);
        return found != streams_.end() && (version >= found->second.from || found->second.single.contains(version));
    }

private:
    struct kept_out {
        acta::version from = std::numeric_limits<acta::version>::max();
        std::set<acta::version> single{};
    };
    std::map<std::string, kept_out, std::less<>> streams_;
};

}  // namespace acta::detail
