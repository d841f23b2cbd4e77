// A projection of events that have changed; compiled into the tests and, from the same source, into a plugin.
#pragma once

#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>

#include "../event/changed_events.hpp"

namespace changed {

struct line {
    std::int64_t number = 0;
    std::string words{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("number", number), acta::field("words", words));
    }
    friend bool operator==(const line&, const line&) = default;
};

struct diary {
    static constexpr acta::projection_type projection{"diary", 1};
    using consumes = changed::events;
    acta::table<line, &line::number> lines{"line"};
    auto tables() { return std::tie(lines); }

    void apply(const acta::recorded<opened>& e) { write(e.position(), "opened " + e->name); }
    void apply(const acta::recorded<fee_charged>& e) { write(e.position(), "fee " + std::to_string(e->cents)); }
    void apply(const acta::recorded<deposited>& e) { write(e.position(), "deposit " + std::to_string(e->cents)); }
    void apply(const acta::recorded<frozen>& e) { write(e.position(), "frozen for " + e->reason); }

private:
    /// One line for each position; an event that was split writes on.
    void write(std::int64_t position, const std::string& words) {
        std::string& line = lines[position].words;
        line += (line.empty() ? "" : ", then ") + words;
    }
};

}  // namespace changed
