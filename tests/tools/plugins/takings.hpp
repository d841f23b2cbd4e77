// What each shop took in: the projection of these tests.
#pragma once

#include <acta/read/projection.hpp>
#include <acta/read/table.hpp>

#include "../shop.hpp"

namespace shop {

struct taking {
    std::string shop;
    std::int64_t cents = 0;
    std::int64_t sales = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("shop", shop), acta::field("cents", cents), acta::field("sales", sales));
    }
};

struct takings {
    static constexpr acta::projection_type projection{"takings", 1};
    using consumes = acta::events<sold>;
    acta::table<taking, &taking::shop> rows{"taking"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<sold>& e) {
        taking& row = rows[e.stream().id()];
        row.cents += e->cents;
        ++row.sales;
    }
};

}  // namespace shop
