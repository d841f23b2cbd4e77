// What can have happened to an account: the vocabulary that command side and projections share.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>

#include <cstdint>
#include <string>

namespace bank {

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};  // the stored name: never derived from C++
    std::string owner{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("owner", owner));
    }
};

struct deposited {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};

struct withdrawn {
    static constexpr acta::event_type event{"account.withdrawn", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};

using account_events = acta::events<opened, deposited, withdrawn>;

}  // namespace bank
