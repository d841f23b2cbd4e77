// Comparing what was decided with what was expected, and showing both.
#include <acta/testing/given.hpp>

#include <algorithm>

namespace acta::testing::detail {

namespace {

/// What is written beside the expected event has to be there; what is not written is not asked for.
bool same(const new_event& expected, const new_event& decided) {
    const auto found = decided.metadata().items();
    const auto wanted = expected.metadata().items();
    const bool same_way = expected.destination().text().empty() || expected.destination() == decided.destination();
    return same_way && expected.codec().type == decided.codec().type && std::ranges::equal(expected.payload(), decided.payload()) &&
           std::ranges::all_of(wanted, [&](const auto& item) { return std::ranges::count(found, item) > 0; }) &&
           std::ranges::includes(decided.tags(), expected.tags());
}

std::string shown(const std::vector<new_event>& events) {
    if (events.empty()) return "\n  nothing";
    std::string text;
    for (const new_event& event : events) text += "\n  " + readable(event);
    return text;
}

std::string shown(const refusal& why) { return "\n  refused: " + std::string(why.code) + ", \"" + std::string(why.sentence) + "\""; }

std::string both(const std::string& expected, const std::optional<refusal>& refused, const std::vector<new_event>& decided) {
    return "expected:" + expected + "\ndecided:" + (refused ? shown(*refused) : shown(decided));
}

}  // namespace

void check_events(const std::vector<new_event>& expected, const std::optional<refusal>& refused, const std::vector<new_event>& decided,
                  const std::source_location& where) {
    report(!refused && std::ranges::equal(expected, decided, same), both(shown(expected), refused, decided), where);
}

void check_refused(const refusal& expected, const std::optional<refusal>& refused, const std::vector<new_event>& decided,
                   const std::source_location& where) {
    report(refused == expected, both(shown(expected), refused, decided), where);
}

}  // namespace acta::testing::detail
