// `acta dead-letters`: the events that projections could not handle, and what is to become of them.
#include <acta/event/clock.hpp>
#include <acta/read/delivery.hpp>
#include <acta/replay/dead_letters.hpp>
#include <acta/replay/status.hpp>

#include "arguments.hpp"
#include "confirm.hpp"
#include "event_view.hpp"
#include "exit_code.hpp"
#include "json_line.hpp"
#include "letter_view.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace acta::cli {

namespace {

/// A letter and the read model that it lies in.
struct found_letter {
    std::filesystem::path file;
    dead_letter letter;
};

class dead_letters_verb final : public verb {
public:
    std::string_view name() const override { return "dead-letters"; }
    std::string_view summary() const override { return "events that a projection could not handle: list, show, retry, discard"; }
    std::string_view details() const override {
        return "Of every read model in STORE.models, or of --read-model; --projection, --stream and --version choose among them.\n"
               "  list     one on a line: projection, stream, first version that is not in the rows, position, type, attempts, error\n"
               "  show     the same with the event itself\n"
               "  retry    applies what a letter kept out, up to the checkpoint, in one transaction; needs --plugin\n"
               "  discard  gives it up: it stays out until a rebuild, later events of the stream are applied again\n"
               "A program that runs the projection may go on meanwhile. With --json one object of kind \"dead_letter\" each:\n"
               "read_model, rows (\"live\"), projection, stream, version, position, type, revision, whole_stream, attempts,\n"
               "parked_at, error, and with show the event; retry and discard: kind \"dead_letter_done\" with projection,\n"
               "stream, version, done (\"retried\", \"failed\", \"discarded\"), events, error.";
    }

    void declare(CLI::App& arguments) override {
        declare_action(arguments, "dead-letters", action_, {"list", "show", "retry", "discard"});
        declare_store(arguments, store_);
        declare_plugin(arguments, plugin_);
        declare_read_model(arguments, read_model_);
        arguments.add_option("--stream", stream_, "only of this stream")->type_name("S");
        declare_number(arguments, "--version", "V", version_, "only of this version in its stream");
        declare_caution(arguments, careful_);
    }

    void run(output& out, bool json) override {
        const bool changes = action_ == "retry" || action_ == "discard";
        if (!changes && (careful_.yes || careful_.dry_run))
            throw complaint(exit_code::usage,
                            "dead-letters " + action_ + " changes nothing: --yes and --dry-run belong to retry and discard");
        if (action_ == "retry" && plugin_.file.empty())
            throw complaint(exit_code::usage, "dead-letters retry needs the projection's code: --plugin LIB");
        if (changes) check_caution(careful_, "dead-letters " + action_);
        const sqlite_log log = open_to_read(store_);
        const auto chosen = letters();
        if (chosen.empty() && action_ != "list")
            throw complaint(exit_code::not_found, "there is no such dead letter: `acta dead-letters list` shows those that there are");
        if (action_ == "list" || careful_.dry_run) return list(out, json, chosen);
        if (action_ == "show") return show(out, json, chosen, log);
        confirm(careful_, fmt::format("{} {} of {}?", action_ == "retry" ? "Retry" : "Discard",
                                      chosen.size() == 1 ? "the dead letter" : fmt::format("{} dead letters", chosen.size()), store_));
        action_ == "retry" ? retry(out, json, chosen, log) : discard(out, json, chosen);
    }

private:
    std::vector<found_letter> letters() const {
        std::vector<std::filesystem::path> files;
        if (read_model_) {
            files.emplace_back(*read_model_);
        } else {
            std::error_code error;
            for (std::filesystem::directory_iterator at(store_ + ".models", error), end; !error && at != end; at.increment(error))
                if (at->path().extension() == ".db") files.push_back(at->path());
        }
        std::vector<found_letter> out;
        for (const std::filesystem::path& file : files)
            for (dead_letter& each : dead_letters(file))
                if (is_chosen(each)) out.push_back({file, std::move(each)});
        std::sort(out.begin(), out.end(),
                  [](const found_letter& a, const found_letter& b) { return a.letter.position < b.letter.position; });
        return out;
    }
    bool is_chosen(const dead_letter& each) const {
        return (!plugin_.projection || each.projection == *plugin_.projection) && (!stream_ || each.stream == *stream_) &&
               (version_ == 0 || each.version == version_);
    }

    static void list(output& out, bool json, const std::vector<found_letter>& of) {
        for (const auto& [file, letter] : of) out.line(json ? json_of(letter, file.string(), "live") : sentence_of(letter));
    }

    static void show(output& out, bool json, const std::vector<found_letter>& of, const log& log) {
        event_view view(log);
        for (const auto& [file, letter] : of) {
            std::string event = "null", data = "the store has no such event any more";
            for (const stored_event& each : log.read({.after = letter.position - 1, .until = letter.position}))
                event = view.json_of(each), data = view.data_of(each);
            if (json) {
                out.line(json_of(letter, file.string(), "live", event));
                continue;
            }
            const auto line = [&out](std::string_view what, const std::string& value) { out.left(what, 12, tint::faint).line(value); };
            line("projection", letter.projection);
            line("read model", file.string());
            line("stream", letter.stream);
            line("version", std::to_string(letter.version) + (letter.whole_stream ? ", and all later ones are kept out" : ""));
            line("position", std::to_string(letter.position));
            line("type", shown_type(letter.type, letter.revision));
            line("data", data);
            line("parked", shown_time(letter.parked_at) + ", tried " + std::to_string(letter.attempts) + "x");
            line("error", letter.error);
            if (&letter != &of.back().letter) out.line("");
        }
    }

    static void tell(output& out, bool json, const dead_letter& of, const char* done, std::uint64_t events, const std::string& error) {
        if (!json)
            return out.line(fmt::format("{} {} version {}: {}{}", of.projection, of.stream, of.version, done,
                                        error.empty() ? (events > 0 ? fmt::format(", {} events applied", events) : "") : ": " + error));
        json_line line("dead_letter_done");
        line.text("projection", of.projection).text("stream", of.stream).number("version", of.version).text("done", done);
        line.number("events", static_cast<std::int64_t>(events));
        out.line((error.empty() ? line.json("error", "null") : line.text("error", error)).finish());
    }

    void retry(output& out, bool json, const std::vector<found_letter>& of, const log& log) const {
        const plugin library(plugin_.file);
        std::size_t failed = 0;
        for (const auto& [file, letter] : of) {
            try {
                tell(out, json, letter, "retried",
                     retry_dead_letter(log, file, library.projection(letter.projection), letter, clock::system()), {});
            } catch (const failure& why) {
                if (why.code() != errc::projection_failed) throw;
                ++failed;
                tell(out, json, letter, "failed", 0, why.what());
            }
        }
        if (failed > 0)
            throw complaint(exit_code::failed,
                            fmt::format("{} of {} dead letters failed again and are still there: mend the projection, then "
                                        "retry them",
                                        failed, of.size()));
    }

    static void discard(output& out, bool json, const std::vector<found_letter>& of) {
        for (const auto& [file, letter] : of) {
            discard_dead_letter(file, letter, clock::system());
            tell(out, json, letter, "discarded", 0, {});
        }
    }

    std::string action_;
    std::string store_;
    plugin_choice plugin_;
    std::optional<std::string> read_model_;
    std::optional<std::string> stream_;
    std::int64_t version_ = 0;
    caution careful_;
};

}  // namespace

std::unique_ptr<verb> make_dead_letters() { return std::make_unique<dead_letters_verb>(); }

}  // namespace acta::cli
