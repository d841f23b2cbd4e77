// What a log holds as values that can be compared and printed, and what a call throws.
#include "reading.hpp"

#include <map>

namespace tests {

namespace {

std::vector<seen> copies(const acta::log& from, acta::cursor events) {
    std::vector<seen> out;
    for (const acta::stored_event& event : events) {
        seen one{.position = event.position,
                 .version = event.version,
                 .recorded_at = event.recorded_at.time_since_epoch().count(),
                 .stream = std::string(event.stream),
                 .type = from.type(event.type).name,
                 .payload = std::string(acta::text_of(event.payload)),
                 .shared = std::string(acta::text_of(event.shared_metadata)),
                 .own = std::string(acta::text_of(event.own_metadata)),
                 .tags = {}};
        for (const std::string_view tag : event.tags) one.tags.append(tag).append(" ");
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

std::vector<seen> read_all(const acta::log& from, const acta::read_options& what) { return copies(from, from.read(what)); }

std::vector<seen> read_all(const acta::log& from, const acta::stream_name& stream, const acta::read_options& what) {
    return copies(from, from.read(stream, what));
}

std::vector<acta::position> positions(const std::vector<seen>& events) {
    std::vector<acta::position> out;
    for (const seen& event : events) out.push_back(event.position);
    return out;
}

std::vector<acta::version> versions(const std::vector<seen>& events) {
    std::vector<acta::version> out;
    for (const seen& event : events) out.push_back(event.version);
    return out;
}

void check_gapless(const acta::log& of, acta::position head) {
    const acta::position last = of.head();  // outside of REQUIRE, here and below: it may fail, for a reason that the caller knows
    REQUIRE(last == head);
    std::map<std::string, acta::version> ends;
    acta::position next = 0;
    for (const acta::stored_event& event : of.read()) {
        REQUIRE(event.position == ++next);
        REQUIRE(event.version == ++ends[std::string(event.stream)]);
    }
    REQUIRE(next == head);
    for (const auto& [stream, end] : ends) {
        const auto found = of.find_stream(acta::stream_name(stream));
        REQUIRE(found->version == end);
    }
}

std::vector<acta::new_event> deposits(std::size_t count) {
    std::vector<acta::new_event> out;
    out.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) out.emplace_back(deposited{static_cast<std::int64_t>(i)});
    return out;
}

acta::stream_name account(const std::string& id) { return {"account", id}; }

acta::append_request request(const acta::stream_name& stream, acta::expected_version expected, std::vector<acta::new_event> events) {
    acta::append_request one;
    one.writes.push_back({stream, expected, std::move(events)});
    return one;
}

}  // namespace tests
