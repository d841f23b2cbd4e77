// Running a projection in several ways, and comparing each with a rebuild.
#include <acta/store/log.hpp>
#include <acta/replay/rebuild.hpp>
#include <acta/replay/runner.hpp>
#include <acta/testing/replay_equality.hpp>
#include <acta/testing/report.hpp>

#include <stdlib.h>
#include <algorithm>
#include <filesystem>
#include <string>

namespace acta::testing::detail {

namespace {

/// A folder that goes at the end of the check.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "acta-equality-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw failure(errc::io, "no temporary folder can be made at " + name + ": look at its directory");
        path_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// What stops a run after a commit.
struct stopped_here {};

runner_options attentive() {
    runner_options how;
    how.failing = on_failure::stop;
    how.attempts = 1;
    return how;
}

/// One event, one commit.
void run_event_by_event(runner& run, acta::position head) {
    while (run.position() < head) static_cast<void>(run.catch_up(run.position() + 1));
}

std::string shown(const rebuild_difference& difference) {
    std::string text;
    for (const table_difference& table : difference.tables) {
        text += "\n  table " + table.table + ": " + std::to_string(table.added) + " rows only rebuilt, " + std::to_string(table.removed) +
                " only live, " + std::to_string(table.changed) + " differ";
        for (const auto& sample : table.samples) {
            text += "\n    live:    " + (sample.before.empty() ? "no row" : sample.before);
            text += "\n    rebuilt: " + (sample.after.empty() ? "no row" : sample.after);
        }
    }
    return text;
}

std::string difference_to_rebuilt(const log& from, const std::filesystem::path& file, const acta_projection& of) {
    rebuild fresh(from, file, of, {.run = attentive()});
    const std::string text = shown(fresh.difference());
    fresh.discard();
    return text;
}

}  // namespace

void check_rebuild_equals_live(const log& from, const acta_projection& of, const std::source_location& where) {
    const folder in;
    const std::filesystem::path file = in / "live.db";
    acta::position reached = 0;
    do {
        runner run(from, file, of, attentive());
        reached = std::min(from.head(), reached + 7);
        run_event_by_event(run, reached);
    } while (reached < from.head());
    const std::string difference = difference_to_rebuilt(from, file, of);
    report(difference.empty(), "rebuilt the rows are others than live:" + difference, where);
}

void check_crash_at_every_commit(const log& from, const acta_projection& of, const std::source_location& where) {
    const folder in;
    for (std::size_t stop_after = 1;; ++stop_after) {
        const std::filesystem::path file = in / (std::to_string(stop_after) + ".db");
        std::size_t commits = 0;
        runner_options how = attentive();
        how.on_commit = [&](const checkpoint&) {
            if (++commits == stop_after) throw stopped_here();
        };
        bool stopped = false;
        try {
            runner run(from, file, of, how);
            run_event_by_event(run, from.head());
        } catch (const stopped_here&) { stopped = true; }
        runner again(from, file, of, attentive());
        static_cast<void>(again.catch_up());
        const std::string difference = difference_to_rebuilt(from, file, of);
        if (!difference.empty())
            return report(false, "stopped after commit " + std::to_string(stop_after) + " the rows are others than without:" + difference,
                          where);
        if (!stopped) return report(true, "", where);
    }
}

}  // namespace acta::testing::detail
