// The four-field event of the figures, its codec, and the way in which one would store it by hand with cereal.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>

#include <cstdint>
#include <sstream>
#include <string>

namespace bench {

struct moved {
    static constexpr acta::event_type event{"account.moved", 1};
    std::string account{};
    std::int64_t amount = 0;
    std::string currency{};
    std::string note{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account", account), acta::field("amount", amount), acta::field("currency", currency), acta::field("note", note));
    }
};

inline moved example(std::int64_t i) { return {"account-" + std::to_string(i % 1000), i, "EUR", "a note of some length"}; }

/// cereal's PortableBinary on a string stream of its own: what a hand-written table usually holds.
std::string portable(const moved& event);
moved from_portable(const std::string& bytes);

}  // namespace bench
