// A plugin of two projections.
#include <acta/read/plugin.hpp>

#include "takings.hpp"

namespace shop {

struct owner {
    std::string name;
    std::int64_t shops = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name), acta::field("shops", shops));
    }
};

struct owners {
    static constexpr acta::projection_type projection{"owners", 3};
    using consumes = acta::events<opened>;
    acta::table<owner, &owner::name> rows{"owner"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<opened>& e) { ++rows[e->owner].shops; }
};

}  // namespace shop

ACTA_PROJECTION_PLUGIN(shop::takings, shop::owners);
