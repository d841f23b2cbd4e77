// acta-bench: prints how acta compares with the same work written by hand, in one run, alternating, median of five.
#include "bench.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace bench {

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

namespace {

constexpr std::size_t runs = 5;

double median(std::vector<double> of) {
    std::nth_element(of.begin(), of.begin() + runs / 2, of.end());
    return of[runs / 2];
}

void print(const row& what, double ours, double raw, bool json) {
    const bool rate = what.unit == "/s" || what.unit == "of 1";
    const double ratio = rate ? ours / raw : raw / ours;
    const bool reached = what.goal_is_absolute ? (rate ? ours >= what.goal : ours <= what.goal) : ratio >= what.goal;
    if (json)
        fmt::print("{{\"name\":\"{}\",\"ours\":{:.3f},\"raw\":{:.3f},\"ratio\":{:.2f},\"goal\":{},\"unit\":\"{}\"}}\n", what.name, ours,
                   raw, ratio, what.goal, what.unit);
    else
        fmt::print("{:<20} {:>14.2f} {:>14.2f} {:<4} {:>7.2f}x  {:>10}  {}\n", what.name, ours, raw, what.unit, ratio,
                   what.goal_is_absolute ? fmt::format("{} {}", what.goal, what.unit) : fmt::format("{}x", what.goal),
                   reached ? "reached" : "missed");
    std::fflush(stdout);
}

void measure(const row& what, bool json) {
    std::vector<double> ours, raw;
    for (std::size_t i = 0; i < runs; ++i) ours.push_back(what.ours()), raw.push_back(what.raw());
    print(what, median(ours), median(raw), json);
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    CLI::App app("How acta compares with the same work written by hand: ours and by hand in turn, the median of five.", "acta-bench");
    bool json = false, quick = false;
    std::string only;
    app.add_flag("--json", json, "one object a line");
    app.add_flag("--quick", quick, "smaller runs");
    app.add_option("--only", only, "the one row of this name");
    CLI11_PARSE(app, argc, argv);

    using maker = bench::row (*)(bool);
    const std::pair<const char*, maker> rows[] = {
        {"append.single", bench::append_single_row},
        {"append.batch100", bench::append_batch_row},
        {"append.producers16", bench::append_producers16_row},
        {"append.producers64", bench::append_producers64_row},
        {"append.pipelined", bench::append_pipelined_row},
        {"snapshot.load", bench::snapshot_load_row},
        {"follow.wakeup", bench::follow_wakeup_row},
        {"processes.fairness", bench::processes_fairness_row},
        {"processes.wait", bench::processes_wait_row},
        {"decode.four_fields", bench::decode_row},
        {"resolve.four_fields", bench::resolve_row},
        {"replay.memory", bench::replay_row},
        {"replay.rows", bench::replay_rows_row},
        {"replay.memory2", bench::replay_memory2_row},
        {"read_your_write", bench::read_your_write_row},
        {"rebuild.table", bench::rebuild_table_row},
        {"rebuild.hot_keys", bench::rebuild_hot_keys_row},
        {"follow.live", bench::follow_live_row},
    };
    if (!only.empty() && std::none_of(std::begin(rows), std::end(rows), [&](const auto& each) { return each.first == only; })) {
        fmt::print(stderr, "acta-bench: there is no row named {}\n", only);
        return 2;
    }
    if (!json) fmt::print("{:<20} {:>14} {:>14} {:<4} {:>8}  {:>10}\n", "row", "ours", "by hand", "", "ratio", "goal");
    for (const auto& [name, make] : rows)
        if (only.empty() || only == name) bench::measure(make(quick), json);
    return 0;
}
