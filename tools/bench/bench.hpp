// What a benchmark is here: ours and a hand-written counterpart, run in turn, the median of each, and their ratio.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bench {

/// One row of the table. `ours` and `raw` answer a rate (a second) or a duration, in `unit`; goals are those of the project's design.
struct row {
    std::string name{};
    std::string unit{};  ///< "/s", "of 1": more is better; "ns", "us", "ms": less is
    double goal = 0;     ///< of the ratio, or of ours where `goal_is_absolute`
    bool goal_is_absolute = false;
    std::function<double()> ours{};
    std::function<double()> raw{};
};

/// The rows of one file each.
row append_single_row(bool quick);
row append_batch_row(bool quick);
row append_producers16_row(bool quick);
row append_producers64_row(bool quick);
row append_pipelined_row(bool quick);
row snapshot_load_row(bool quick);
row follow_wakeup_row(bool quick);
row processes_fairness_row(bool quick);
row processes_wait_row(bool quick);
row decode_row(bool quick);
row resolve_row(bool quick);
row replay_row(bool quick);
row replay_rows_row(bool quick);
row replay_memory2_row(bool quick);
row read_your_write_row(bool quick);
row rebuild_table_row(bool quick);
row rebuild_hot_keys_row(bool quick);
row follow_live_row(bool quick);

/// Seconds that `work` takes.
double seconds(const std::function<void()>& work);

/// Keeps the compiler from dropping a result that nobody uses.
template <class T>
void keep(const T& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace bench
