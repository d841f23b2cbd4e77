// A plugin that expects other fields than the stored events have.
#include <acta/event/codec.hpp>
#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/read/plugin.hpp>
#include <acta/read/table.hpp>

namespace other_shop {

enum class payment { cash, card };

struct sold {
    static constexpr acta::event_type event{"shop.sold", 1};
    std::string cents;
    payment how = payment::cash;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents), acta::field("how", how));
    }
};
using shop_events = acta::events<sold>;

struct sale {
    std::string shop;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("shop", shop));
    }
};

struct sales {
    static constexpr acta::projection_type projection{"sales", 1};
    using consumes = shop_events;
    acta::table<sale, &sale::shop> rows{"sale"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<sold>& e) { rows[e.stream().id()]; }
};

}  // namespace other_shop

ACTA_CODECS(other_shop::shop_events);
ACTA_PROJECTION_PLUGIN(other_shop::sales);
