// `acta projections rebuild`: a read model made anew beside the live one.
#include "rebuilding.hpp"

#include <acta/event/json.hpp>
#include <acta/read/delivery.hpp>
#include <acta/replay/rebuild.hpp>

#include "exit_code.hpp"
#include "json_line.hpp"
#include "letter_view.hpp"
#include "progress_line.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

namespace acta::cli {

namespace {

std::filesystem::path file_of(const std::string& store, const rebuild_arguments& how, const plugin& library) {
    if (how.read_model) return *how.read_model;
    const acta_projection& chosen = chosen_from(library, how.plugin);
    return read_model_path(store, acta::detail::projections::view(chosen.name));
}

/// All that share the read model are rebuilt together.
runner::group group_of(const std::filesystem::path& file, const rebuild_arguments& how, const plugin& library) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return {&chosen_from(library, how.plugin)};
    runner::group group;
    for (const auto& each : inspect_read_model(file).projections) group.push_back(&library.projection(each.name));
    if (group.empty()) group.push_back(&chosen_from(library, how.plugin));
    return group;
}

void print(output& out, const rebuild_difference& found) {
    if (found.empty()) out.line(fmt::format("at position {} the fresh rows are the same as the live ones", grouped(found.position)));
    for (const table_difference& each : found.tables) {
        out.put(each.table, tint::strong);
        out.line(fmt::format(": {} rows added, {} changed, {} removed{}", grouped(static_cast<std::int64_t>(each.added)),
                             grouped(static_cast<std::int64_t>(each.changed)), grouped(static_cast<std::int64_t>(each.removed)),
                             each.columns_differ ? " (its columns are others now)" : ""));
        for (const auto& sample : each.samples) {
            if (!sample.before.empty()) out.line("  - " + sample.before);
            if (!sample.after.empty()) out.line("  + " + sample.after);
        }
    }
    const auto letters = [&out](const char* what, const std::vector<dead_letter>& of) {
        if (!of.empty()) out.line(what);
        for (const dead_letter& each : of) out.line("  " + sentence_of(each));
    };
    letters("dead letters that keep events out of the live rows:", found.letters_before);
    letters("dead letters that keep events out of the fresh rows:", found.letters_after);
}

void print_json(output& out, const rebuild_difference& found, const std::string& read_model) {
    for (const table_difference& each : found.tables) {
        std::string samples = "[";
        for (const auto& sample : each.samples)
            samples += (samples.size() > 1 ? "," : "") + fmt::format(R"({{"before":{},"after":{}}})",
                                                                     sample.before.empty() ? "null" : sample.before,
                                                                     sample.after.empty() ? "null" : sample.after);
        json_line line("difference");
        line.text("read_model", read_model).number("position", found.position).text("table", each.table);
        line.number("added", static_cast<std::int64_t>(each.added)).number("changed", static_cast<std::int64_t>(each.changed));
        line.number("removed", static_cast<std::int64_t>(each.removed)).json("columns_differ", each.columns_differ ? "true" : "false");
        out.line(line.json("samples", samples + ']').finish());
    }
    for (const dead_letter& each : found.letters_before) out.line(json_of(each, read_model, "live"));
    for (const dead_letter& each : found.letters_after) out.line(json_of(each, read_model, "fresh"));
}

}  // namespace

void run_rebuild(const std::string& store, const rebuild_arguments& how, output& out, bool json) {
    if (how.plugin.file.empty()) throw complaint(exit_code::usage, "projections rebuild needs the projection's code: --plugin LIB");
    check_caution(how.careful, "projections rebuild");
    const sqlite_log log = open_to_read(store);
    const plugin library(how.plugin.file);
    const std::filesystem::path file = file_of(store, how, library);
    if (!how.read_model) std::filesystem::create_directory(file.parent_path());  // where it never started
    const auto begun = std::chrono::steady_clock::now();
    rebuilt done;
    {
        progress_line shown("rebuilding");
        rebuild_options options;
        options.tell = [&shown](const rebuild_progress& now) { return shown.at(now.position, now.until), true; };
        rebuild work(log, file, group_of(file, how, library), options);
        if (how.diff) {
            const rebuild_difference found = work.difference();
            json ? print_json(out, found, file.string()) : print(out, found);
            out.flush();
        }
        if (how.careful.dry_run) {
            if (!how.diff) work.run();
            work.discard();
        } else {
            try {
                confirm(how.careful, fmt::format("Replace the rows of {}?", file.string()));
            } catch (const complaint&) {
                work.discard();
                throw;
            }
            done = work.replace();
        }
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    if (!json) {
        if (how.careful.dry_run) return out.line(fmt::format("{}: could be rebuilt; nothing was changed", file.string()));
        return out.line(fmt::format("{}: rebuilt from {} events in {:.2f} s; it stands at position {}, generation {}, dead letters: {}",
                                    file.string(), grouped(static_cast<std::int64_t>(done.events)), seconds, grouped(done.position),
                                    done.generation, done.dead_letters));
    }
    json_line line("rebuild");
    line.text("store", log.name()).text("read_model", file.string()).json("replaced", how.careful.dry_run ? "false" : "true");
    line.number("position", done.position).number("generation", done.generation).number("events", static_cast<std::int64_t>(done.events));
    out.line(line.number("dead_letters", static_cast<std::int64_t>(done.dead_letters)).number("seconds", seconds).finish());
}

}  // namespace acta::cli
