// The signals of an application, and the lane on which their slots are called.
#pragma once

#include <acta/runtime/application.hpp>

#include "event/mutex.hpp"
#include "runtime/lane_pool.hpp"

#include <deque>
#include <map>
#include <optional>
#include <variant>

namespace acta::detail {

/// Takes notes and calls slots about them. A slot that hangs holds up slots alone; meanwhile notes of one kind and name give way to
/// newer ones, and of failures and letters the newest are kept. Thread rule: any thread; step() as the pool does.
class announcer final : public lane {
public:
    static constexpr std::size_t most_kept = 10'000;

    explicit announcer(lane_pool& pool) : pool_(pool) {}

    signal<acta::position> appended;
    signal<projection_progress> progress;
    signal<failure_report> failed;
    signal<dead_letter> parked;
    signal<rebuild_report> rebuild;

    void note(acta::position head);
    void note(projection_progress about);
    void note(failure_report about);
    void note(dead_letter about);
    void note(rebuild_report about);
    std::optional<std::string> last_slot_failure() const;

    time step() noexcept override;

private:
    struct notes {
        std::optional<acta::position> head;
        std::map<std::string, projection_progress> progress;
        std::map<std::string, rebuild_report> rebuilds;
        std::deque<std::variant<failure_report, dead_letter>> rest;
    };
    void keep(std::variant<failure_report, dead_letter> about);
    void call_slots();
    void tell(const notes& all);
    void report(const char* whose, const std::vector<std::string>& thrown);

    lane_pool& pool_;
    mutable mutex mutex_;
    notes notes_ ACTA_GUARDED_BY(mutex_);
    acta::position told_ ACTA_GUARDED_BY(mutex_) = 0;  ///< the newest head
    std::optional<std::string> last_slot_failure_ ACTA_GUARDED_BY(mutex_);
};

}  // namespace acta::detail
