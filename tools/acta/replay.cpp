// `acta replay`: runs a store's events through a projection plugin into a read model.
#include <acta/replay/plugins.hpp>
#include <acta/replay/runner.hpp>

#include "arguments.hpp"
#include "exit_code.hpp"
#include "json_line.hpp"
#include "progress_line.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <limits>

namespace acta::cli {

namespace {

struct replayed {
    std::string projection{};
    std::uint32_t revision = 0;
    caught_up done{};
    double seconds = 0;
    double rate() const { return seconds > 0 ? static_cast<double>(done.events) / seconds : 0; }
};

class replay_verb final : public verb {
public:
    std::string_view name() const override { return "replay"; }
    std::string_view summary() const override { return "run the events through a projection plugin into a read model"; }
    std::string_view details() const override {
        return "A READMODEL that is not there is made; one that is there goes on from its checkpoint, provided that it was built\n"
               "by the same revision of the same projection from the same store. It is an SQLite file: sqlite3 READMODEL shows it.\n"
               "When an event fails, everything before it is kept; mend the projection and replay again.\n"
               "With --json one object of kind \"replay\": store, plugin, projection, revision, read_model, from (the position where\n"
               "it stood), position (where it stands now), events (applied), seconds, events_per_second.";
    }

    void declare(CLI::App& arguments) override {
        declare_store(arguments, store_);
        declare_plugin(arguments, plugin_);
        arguments.get_option("--plugin")->required();
        arguments.add_option("--into", read_model_, "the file that keeps the projection's tables")->required()->type_name("READMODEL");
        declare_number(arguments, "--to", "P", to_, "the last position wanted, itself included");
    }

    void run(output& out, bool json) override {
        const sqlite_log log = open_to_read(store_);
        const plugin library(plugin_.file);
        const acta_projection& projection = chosen_from(library, plugin_);
        note_foreign(log, projection);
        const replayed result = replay(log, projection);
        json ? out.line(json_of(result, log)) : out.line(sentence_of(result, log));
    }

private:
    replayed replay(const log& log, const acta_projection& projection) const {
        runner run(log, read_model_ == ":memory:" ? "./" + read_model_ : read_model_, projection, {.failing = on_failure::stop});
        progress_line shown("replaying");
        shown.at(run.position(), to_);
        const auto begun = std::chrono::steady_clock::now();
        replayed result{.projection{projection.name.data, projection.name.size}, .revision = projection.revision};
        result.done = run.catch_up(to_, [&shown](const progress& now) { shown.at(now.position, now.until); });
        result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        return result;
    }

    std::string sentence_of(const replayed& result, const log& log) const {
        return fmt::format("{}: {} events applied in {:.2f} s, {} events/s; {} stands at position {} of {}", result.projection,
                           grouped(static_cast<std::int64_t>(result.done.events)), result.seconds,
                           grouped(static_cast<std::int64_t>(result.rate())), read_model_, grouped(result.done.position),
                           grouped(log.head()));
    }

    std::string json_of(const replayed& result, const log& log) const {
        json_line line("replay");
        line.text("store", log.name())
            .text("plugin", plugin_.file)
            .text("projection", result.projection)
            .number("revision", std::int64_t{result.revision});
        line.text("read_model", read_model_).number("from", result.done.from).number("position", result.done.position);
        line.number("events", static_cast<std::int64_t>(result.done.events)).number("seconds", result.seconds);
        return line.number("events_per_second", result.rate()).finish();
    }

    std::string store_;
    plugin_choice plugin_;
    std::string read_model_;
    std::int64_t to_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace

std::unique_ptr<verb> make_replay() { return std::make_unique<replay_verb>(); }

}  // namespace acta::cli
