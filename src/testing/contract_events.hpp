// The small domain of the contract suite, and what it looks at.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/event/tag.hpp>
#include <acta/store/log.hpp>

#include <string>
#include <vector>

namespace acta::testing::detail {

struct counted {
    static constexpr acta::event_type event{"contract.counted", 1};
    std::int64_t number = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("number", number));
    }
};

struct noted {
    static constexpr acta::event_type event{"contract.noted", 1};
    std::string text{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("text", text));
    }
};

/// The number in a stored `counted`.
std::int64_t number_in(const stored_event& event);
/// The positions that a reading gives, in its order.
std::vector<position> positions_of(cursor events);
/// 1 to `last`.
std::vector<position> first_positions(position last);

/// The parts of the suite; see log_contract.
void check_appending(log& on, manual_clock& time);
void check_reading(log& on);
void check_conditions(log& on);
void check_answers(log& on);
void check_concurrency(log& on);

}  // namespace acta::testing::detail
