// The contract suite: its parts, each on a log of its own.
#include <acta/testing/log_contract.hpp>

#include "contract_events.hpp"

#include <doctest/doctest.h>

#include <numeric>

namespace acta::testing {

namespace detail {

std::int64_t number_in(const stored_event& event) {
    counted one;
    codec_of<counted>().decode(event.payload, &one);
    return one.number;
}

std::vector<position> positions_of(cursor events) {
    std::vector<position> found;
    for (const stored_event& event : events) found.push_back(event.position);
    return found;
}

std::vector<position> first_positions(position last) {
    std::vector<position> all(static_cast<std::size_t>(last));
    std::iota(all.begin(), all.end(), position{1});
    return all;
}

}  // namespace detail

void log_contract(const log_maker& make) {
    manual_clock time(timestamp(std::chrono::seconds(1'700'000'000)));
    const std::unique_ptr<log> on = make(time);
    SUBCASE("appending") { detail::check_appending(*on, time); }
    SUBCASE("reading") { detail::check_reading(*on); }
    SUBCASE("conditions") { detail::check_conditions(*on); }
    SUBCASE("answers") { detail::check_answers(*on); }
    SUBCASE("concurrency") { detail::check_concurrency(*on); }
}

}  // namespace acta::testing
