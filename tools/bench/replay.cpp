// replay.memory: an in-memory projection folded over a store of one event per append, against a table with a row per event that is
// scanned and decoded with cereal from a string stream.
#include <acta/read/projection.hpp>
#include <acta/replay/fold.hpp>

#include "bench.hpp"
#include "moved_stores.hpp"

#include <stdexcept>

namespace bench {

namespace {

struct sums {
    static constexpr acta::projection_type projection{"sums", 1};
    using consumes = acta::events<moved>;
    std::int64_t amount = 0;
    std::uint64_t letters = 0;
    void apply(const acta::recorded<moved>& event) {
        amount += event->amount;
        letters += event.stream().text().size();
    }
};

double per_second(const moved_stores& both, std::int64_t amount, double took) {
    if (amount != both.events * (both.events - 1) / 2) throw std::runtime_error("the sum is wrong");
    return static_cast<double>(both.events) / took;
}

double fold_ours(const moved_stores& both) {
    sums projection;
    const double took = seconds([&] { acta::fold(both.log, projection); });
    return per_second(both, projection.amount, took);
}

double scan_by_hand(const moved_stores& both) {
    std::int64_t amount = 0;
    const double took = seconds([&] {
        both.scan([&](const moved& event, const std::string& stream) {
            amount += event.amount;
            keep(stream);
        });
    });
    return per_second(both, amount, took);
}

}  // namespace

row replay_row(bool quick) {
    const moved_stores& both = stores(quick);
    return {"replay.memory", "/s", 2, false, [&] { return fold_ours(both); }, [&] { return scan_by_hand(both); }};
}

}  // namespace bench
