// replay.memory2: a projection that says how to merge, folded by two workers over ranges of positions, against one worker.
#include <acta/read/projection.hpp>
#include <acta/replay/fold.hpp>

#include "bench.hpp"
#include "moved_stores.hpp"

#include <map>
#include <stdexcept>

namespace bench {

namespace {

struct merging_sums {
    static constexpr acta::projection_type projection{"merging_sums", 1};
    using consumes = acta::events<moved>;
    std::map<std::string, std::int64_t> amounts;
    void apply(const acta::recorded<moved>& event) { amounts[event->account] += event->amount; }
    void merge(const merging_sums& later) {
        for (const auto& [account, amount] : later.amounts) amounts[account] += amount;
    }
};

double fold_with(const moved_stores& both, std::size_t workers) {
    merging_sums projection;
    const double took = seconds([&] { acta::fold(both.log, projection, {.workers = workers}); });
    std::int64_t amount = 0;
    for (const auto& [account, sum] : projection.amounts) amount += sum;
    if (amount != both.events * (both.events - 1) / 2) throw std::runtime_error("the sum is wrong");
    return static_cast<double>(both.events) / took;
}

}  // namespace

row replay_memory2_row(bool quick) {
    const moved_stores& both = stores(quick);
    return {"replay.memory2", "/s", 1.7, false, [&] { return fold_with(both, 2); }, [&] { return fold_with(both, 1); }};
}

}  // namespace bench
