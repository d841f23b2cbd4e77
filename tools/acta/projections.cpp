// `acta projections`: how the read models of a store are getting on, and their rebuild.
#include <acta/event/json.hpp>
#include <acta/read/delivery.hpp>
#include <acta/replay/status.hpp>

#include "arguments.hpp"
#include "event_view.hpp"
#include "exit_code.hpp"
#include "json_line.hpp"
#include "output.hpp"
#include "rebuilding.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace acta::cli {

namespace {

std::string names_of(const read_model_status& status) {
    std::string names;
    for (const auto& each : status.projections) names += (names.empty() ? "" : "+") + each.name;
    return names.empty() ? status.file.stem().string() : names;
}

std::string state_of(const read_model_status& status) {
    if (status.problem) return status.checkpoint ? "of another history" : "unreadable";
    if (!status.checkpoint) return "never started";
    if (status.lag_events == 0) return "up to date";
    return fmt::format("{} events behind, {:.1f} s", grouped(status.lag_events), std::chrono::duration<double>(status.lag_time).count());
}

void print(output& out, const std::vector<read_model_status>& all) {
    std::size_t name = 10, state = 13;
    for (const read_model_status& each : all) {
        name = std::max(name, width_of(terminal_safe(names_of(each))));
        state = std::max(state, state_of(each).size());
    }
    for (const read_model_status& each : all) {
        out.left(names_of(each), name, tint::strong).left(state_of(each), state);
        if (each.checkpoint) out.put(fmt::format("position {} of {}", grouped(each.checkpoint->position), grouped(each.head)), tint::faint);
        if (each.events_per_second)
            out.put(fmt::format("  {}/s", grouped(static_cast<std::int64_t>(*each.events_per_second))), tint::faint);
        if (each.rebuilding) out.put(fmt::format("  rebuilding, at {}", grouped(*each.rebuilding)), tint::mark);
        if (each.dead_letters > 0) out.put(fmt::format("  dead letters: {}", each.dead_letters), tint::mark);
        if (each.holder) out.put(fmt::format("  run by process {}", each.holder->process), tint::faint);
        out.end_line();
        if (each.problem) out.line("    " + *each.problem);
        if (each.last_error) out.line("    " + shown_time(each.last_error_at) + " " + *each.last_error);
    }
}

std::string json_of(const read_model_status& status, const std::string& store) {
    json_line line("projection");
    const auto or_null = [&line](std::string_view key, bool there, const std::string& value) { line.json(key, there ? value : "null"); };
    std::string members = "[";
    for (const auto& each : status.projections)
        members += (members.size() > 1 ? "," : "") + fmt::format(R"({{"name":{},"revision":{}}})", json_quoted(each.name), each.revision);
    line.text("store", store).text("read_model", status.file.string()).json("projections", members + ']');
    or_null("position", status.checkpoint.has_value(), status.checkpoint ? std::to_string(status.checkpoint->position) : "");
    or_null("generation", status.checkpoint.has_value(), status.checkpoint ? std::to_string(status.checkpoint->generation) : "");
    line.number("head", status.head).number("lag_events", status.lag_events);
    line.number("lag_seconds", std::chrono::duration<double>(status.lag_time).count());
    or_null("events_per_second", status.events_per_second.has_value(), fmt::format("{:.6g}", status.events_per_second.value_or(0)));
    line.number("dead_letters", static_cast<std::int64_t>(status.dead_letters));
    or_null("last_error", status.last_error.has_value(), json_quoted(status.last_error.value_or("")));
    or_null("last_error_at", status.last_error.has_value(), json_quoted(shown_time(status.last_error_at)));
    or_null("rebuilding", status.rebuilding.has_value(), std::to_string(status.rebuilding.value_or(0)));
    or_null("holder", status.holder.has_value(),
            status.holder
                ? fmt::format(R"({{"process":{},"since":{}}})", status.holder->process, json_quoted(shown_time(status.holder->since)))
                : "");
    or_null("problem", status.problem.has_value(), json_quoted(status.problem.value_or("")));
    return line.finish();
}

class projections_verb final : public verb {
public:
    std::string_view name() const override { return "projections"; }
    std::string_view summary() const override { return "the read models of a store: how they get on, and their rebuild"; }
    std::string_view details() const override {
        return "acta projections status STORE [--plugin LIB]\n"
               "  Every read model in STORE.models: how far it is behind, who runs it, its last error, its dead letters. With\n"
               "  a plugin also those of its projections that never started, which is another thing than standing at 0.\n"
               "  With --json one object of kind \"projection\" each: store, read_model, projections, position and generation\n"
               "  (null: never started), head, lag_events, lag_seconds, events_per_second, dead_letters, last_error,\n"
               "  last_error_at, rebuilding (the position it has reached), holder (process, since), problem.\n"
               "acta projections rebuild STORE --plugin LIB [--diff] [--dry-run]\n"
               "  Makes the rows anew beside the live ones, from the first event on, and puts them in place at once; a program\n"
               "  that runs or reads the projection goes on meanwhile and afterwards. Interrupted it goes on where it stood.\n"
               "  --diff shows first which rows would be added, changed and removed, and the dead letters that may be why.\n"
               "  With --json objects of kind \"difference\" (table, added, changed, removed, columns_differ, samples), of kind\n"
               "  \"dead_letter\" (see dead-letters), and one of kind \"rebuild\": store, read_model, replaced, position,\n"
               "  generation, events, dead_letters, seconds.";
    }

    void declare(CLI::App& arguments) override {
        declare_action(arguments, "projections", action_, {"status", "rebuild"});
        declare_store(arguments, store_);
        declare_plugin(arguments, how_.plugin);
        declare_read_model(arguments, how_.read_model);
        arguments.add_flag("--diff", how_.diff, "rebuild: show what would change first");
        declare_caution(arguments, how_.careful);
    }

    void run(output& out, bool json) override {
        if (action_ == "rebuild") return run_rebuild(store_, how_, out, json);
        if (how_.diff || how_.careful.yes || how_.careful.dry_run)
            throw complaint(exit_code::usage, "projections status changes nothing: --diff, --yes and --dry-run belong to rebuild");
        const sqlite_log log = open_to_read(store_);
        const auto found = statuses(log);
        if (found.empty()) say("there is no read model in " + store_ + ".models; --read-model FILE names one that is elsewhere");
        if (!json) return print(out, found);
        for (const read_model_status& each : found) out.line(json_of(each, log.name()));
    }

private:
    std::vector<read_model_status> statuses(const log& log) const {
        const clock& now = clock::system();
        if (how_.read_model && how_.plugin.file.empty() && !std::filesystem::exists(*how_.read_model))
            throw complaint(exit_code::not_found, *how_.read_model + " is not there: check the path");
        if (how_.read_model) return {status_of(log, *how_.read_model, now)};
        auto found = read_models_of(log, store_, now);
        if (how_.plugin.file.empty()) return found;
        const plugin library(how_.plugin.file);
        for (const std::string& projection : library.names()) {
            const bool there = std::any_of(found.begin(), found.end(), [&](const read_model_status& each) {
                return std::any_of(each.projections.begin(), each.projections.end(),
                                   [&](const auto& one) { return one.name == projection; });
            });
            if (there) continue;
            found.push_back(status_of(log, read_model_path(store_, projection), now));
            found.back().projections = {{projection, library.projection(projection).revision}};
        }
        return found;
    }

    std::string action_;
    std::string store_;
    rebuild_arguments how_;
};

}  // namespace

std::unique_ptr<verb> make_projections() { return std::make_unique<projections_verb>(); }

}  // namespace acta::cli
