// A small domain for the tests of the command: shops that open, sell and close.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/event/tag.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shop {

struct opened {
    static constexpr acta::event_type event{"shop.opened", 1};
    std::string owner;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("owner", owner));
    }
};

struct sold {
    static constexpr acta::event_type event{"shop.sold", 1};
    std::int64_t cents = 0;
    std::vector<std::string> goods;
    std::optional<std::string> customer;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents), acta::field("goods", goods), acta::field("customer", customer));
    }
    std::vector<acta::tag> tags() const {
        if (!customer) return {};
        return {acta::tag("customer", *customer)};
    }
};

struct closed {
    static constexpr acta::event_type event{"shop.closed", 2};
    std::string reason;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("reason", reason));
    }
};

using shop_events = acta::events<opened, sold, closed>;

}  // namespace shop
