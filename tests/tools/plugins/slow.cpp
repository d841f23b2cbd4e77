// A plugin that takes its time, so that there is progress to be seen.
#include <acta/read/plugin.hpp>

#include "takings.hpp"

#include <chrono>
#include <thread>

namespace shop {

struct slow_takings {
    static constexpr acta::projection_type projection{"slow_takings", 1};
    using consumes = acta::events<sold>;
    acta::table<taking, &taking::shop> rows{"taking"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<sold>& e) {
        ++rows[e.stream().id()].sales;
        std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
};

}  // namespace shop

ACTA_PROJECTION_PLUGIN(shop::slow_takings);
