// Tables in memory for acta::fold, and its workers.
#include <acta/store/log.hpp>
#include <acta/replay/fold.hpp>

#include "replay/model.hpp"
#include "replay/model_database.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

namespace acta::detail {

namespace {

struct memory_model {
    explicit memory_model(std::string_view projection)
        : held(":memory:", access::run, {}), database(held.on(), held.rules(), std::string(projection), definition::make) {
        held.begin();  // for good: there is nothing to commit to
        database.begin_defining();
    }
    model held;
    model_database database;
};

}  // namespace

void bind_in_memory(const std::vector<rows::bound_member*>& members, std::string_view projection) {
    const auto made = std::make_shared<memory_model>(projection);
    projections::bind_all(members, {&made->database.functions(), made});
    made->database.end_defining();
}

namespace {

constexpr acta::position worth_a_thread = 10'000;  // events that take longer than starting one and merging

/// What a share threw; nothing when all went well.
struct share {
    acta::position after = 0, until = 0;
    std::exception_ptr failed{};
};

}  // namespace

std::size_t shares_worth(const log& from, const fold_options& how) {
    const auto length = std::max<acta::position>(0, std::min(how.until, from.head()) - how.after);
    return std::clamp<std::size_t>(static_cast<std::size_t>(length / worth_a_thread), 1, std::max<std::size_t>(how.workers, 1));
}

position deliver_shares(const log& from, const acta_projection& described, const std::vector<receiver>& to, const fold_options& how) {
    const acta::position until = std::min(how.until, from.head());
    if (to.size() == 1 || until <= how.after) return deliver(from, described, to.front(), how.after, until, how.tell).position;

    const auto count = static_cast<acta::position>(to.size());
    std::vector<share> shares;
    for (acta::position i = 0; i < count; ++i)
        shares.push_back({how.after + (until - how.after) * i / count, how.after + (until - how.after) * (i + 1) / count});
    std::atomic<acta::position> passed{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<bool> stopped{false};
    const auto run = [&](std::size_t i) {
        progress before{shares[i].after, 0, 0};
        const auto tell = [&](const progress& at) {
            passed += at.position - before.position;
            events += at.events - before.events;
            before = at;
            if (stopped) throw failure(errc::busy, "another share of the fold failed");
            if (i == 0 && how.tell) how.tell({how.after + passed, until, events});
        };
        try {
            deliver(from, described, to[i], shares[i].after, shares[i].until, tell);
        } catch (...) {
            if (!stopped.exchange(true)) shares[i].failed = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> workers;
        for (std::size_t i = 1; i < to.size(); ++i) workers.emplace_back(run, i);
        run(0);
    }
    for (const share& each : shares)
        if (each.failed) std::rethrow_exception(each.failed);
    if (how.tell) how.tell({until, until, events});
    return until;
}

}  // namespace acta::detail
