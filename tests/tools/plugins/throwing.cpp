// A plugin whose event handler throws, in words that try to upset a terminal; or, MENDED, does not.
#include <acta/read/plugin.hpp>

#include "takings.hpp"

#include <stdexcept>

namespace shop {

struct superstitious {
    static constexpr acta::projection_type projection{"superstitious", 1};
    using consumes = acta::events<sold>;
    acta::table<taking, &taking::shop> rows{"taking"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<sold>& e) {
#if !defined(MENDED)
        if (e->cents == 13) throw std::runtime_error("thirteen \x1b[31mis not\nallowed");
#endif
        ++rows[e.stream().id()].sales;
    }
};

}  // namespace shop

ACTA_PROJECTION_PLUGIN(shop::superstitious);
