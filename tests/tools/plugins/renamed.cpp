// A plugin whose event was called shop.sold formerly.
#include <acta/event/codec.hpp>
#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/read/plugin.hpp>
#include <acta/read/table.hpp>

namespace renamed_shop {

struct sale_made {
    static constexpr acta::event_type event{"shop.sale_made", 1};
    static constexpr acta::event_names formerly{"shop.sold"};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
using shop_events = acta::events<sale_made>;

struct sum {
    std::string shop;
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("shop", shop), acta::field("cents", cents));
    }
};

struct sums {
    static constexpr acta::projection_type projection{"sums", 1};
    using consumes = shop_events;
    acta::table<sum, &sum::shop> rows{"sum"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<sale_made>& e) { rows[e.stream().id()].cents += e->cents; }
};

}  // namespace renamed_shop

ACTA_CODECS(renamed_shop::shop_events);
ACTA_PROJECTION_PLUGIN(renamed_shop::sums);
