// `acta events`: the events of a store, one on a line, payloads as JSON.
#include <acta/replay/plugins.hpp>

#include "arguments.hpp"
#include "event_view.hpp"
#include "exit_code.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace acta::cli {

namespace {

constexpr std::size_t widest_stream = 40;  // one long name does not push everybody's columns aside

/// Prints pages of events as aligned lines. Columns only grow, so that lines stay together over pages.
class event_lines {
public:
    event_lines(output& out, event_view& view, position newest, const std::vector<stored_type>& types) : out_(out), view_(view) {
        position_ = std::to_string(newest).size();
        for (const stored_type& type : types) type_ = std::max(type_, shown_type(type.name, type.revision).size());
    }

    void print(std::span<const stored_event> events) {
        for (const stored_event& event : events) {
            stream_ = std::max(stream_, std::min(widest_stream, width_of(terminal_safe(event.stream))));
            version_ = std::max(version_, std::to_string(event.version).size());
        }
        if (out_.is_terminal() && !events.empty() && !std::exchange(headed_, true)) head();
        for (const stored_event& event : events) print(event);
    }

private:
    void head() {
        position_ = std::max<std::size_t>(position_, 8);
        version_ = std::max<std::size_t>(version_, 7);
        stream_ = std::max<std::size_t>(stream_, 6);
        out_.right("position", position_, tint::faint).left("recorded", time_width, tint::faint).left("stream", stream_, tint::faint);
        out_.right("version", version_, tint::faint).left("type", type_, tint::faint).put("data", tint::faint).end_line();
    }
    void print(const stored_event& event) {
        const std::string data = view_.data_of(event);  // before anything of the line is out: it may throw
        out_.right(std::to_string(event.position), position_, tint::faint).left(shown_time(event.recorded_at), time_width, tint::faint);
        out_.left(event.stream, stream_, tint::strong).right(std::to_string(event.version), version_, tint::faint);
        out_.left(view_.type_of(event), type_, tint::name).put(data);
        for (const std::string_view tag : event.tags) out_.put("  ").put(tag, tint::mark);
        out_.end_line();
    }

    static constexpr std::size_t time_width = std::string_view("2000-01-01T00:00:00.000000Z").size();
    output& out_;
    event_view& view_;
    std::size_t position_ = 0, stream_ = 0, version_ = 0, type_ = 0;
    bool headed_ = false;
};

class events_verb final : public verb {
public:
    std::string_view name() const override { return "events"; }
    std::string_view summary() const override { return "the events, one on a line, payloads as JSON"; }
    std::string_view details() const override {
        return "Each line: position, time, stream, version in it, type (@2 behind it: of revision 2), payload, tags.\n"
               "Without --limit all of them: pipe them to a pager. Events that are appended meanwhile are left out.\n"
               "With --json one object of kind \"event\" a line: position, version, stream, type, revision, recorded_at,\n"
               "metadata (an object of texts), tags (a list of key:value), data (the payload).";
    }

    void declare(CLI::App& arguments) override {
        declare_store(arguments, store_);
        arguments.add_option("--stream", stream_, "only of this stream; --from and --to are then versions")->type_name("S");
        arguments.add_option("--type", types_, "only of this type; may stand several times")->type_name("T")->allow_extra_args(false);
        arguments.add_option("--plugin", plugin_, "with --type: also under the former names that this plugin knows of it")
            ->type_name("LIB");
        declare_number(arguments, "--from", "P", from_, "the first position wanted");
        declare_number(arguments, "--to", "P", to_, "the last position wanted, itself included");
        declare_number(arguments, "--limit", "N", limit_, "at most so many");
        arguments.add_flag("--backward", backward_, "the newest first");
    }

    void run(output& out, bool json) override {
        if (from_ > to_)
            throw complaint(exit_code::usage, fmt::format("--from {} lies behind --to {}: nothing can be between them", from_, to_));
        std::optional<stream_name> stream;
        if (stream_) stream = stream_from(*stream_);
        const sqlite_log log = open_to_read(store_);
        if (plugin_) add_former_names(plugin(*plugin_));
        check_types(log);
        const position newest = log.head();
        event_view view(log);
        event_lines lines(out, view, newest, log.types());
        read_options wanted = what();
        wanted.until = std::min(wanted.until, stream ? newest_version(log, *stream) : newest);
        for_each_page(log, stream ? &*stream : nullptr, wanted, [&](std::span<const stored_event> found) {
            if (!json) lines.print(found);
            else
                for (const stored_event& event : found) out.line(view.json_of(event));
            if (out.is_terminal()) out.flush();
        });
    }

private:
    read_options what() const {
        std::vector<std::string> names = types_;
        names.insert(names.end(), former_names_.begin(), former_names_.end());
        return {.after = from_ - 1,
                .until = to_,
                .direction = backward_ ? direction::backward : direction::forward,
                .types = std::move(names),
                .limit = static_cast<std::size_t>(limit_)};
    }

    static version newest_version(const log& log, const stream_name& stream) {
        const auto found = log.find_stream(stream);
        if (!found)
            throw complaint(exit_code::not_found,
                            fmt::format("{} has no stream \"{}\": `acta streams` lists those it has", log.name(), stream.text()));
        return found->version;
    }

    /// A type that was renamed is also found under the names that a projection of it states.
    void add_former_names(const plugin& library) {
        for (const acta_projection* const projection : library.projections())
            for (std::size_t i = 0; i < projection->consumed_count; ++i) {
                const acta_consumed& event = *projection->consumed[i];
                if (std::find(types_.begin(), types_.end(), std::string_view(event.name.data, event.name.size)) == types_.end()) continue;
                for (std::size_t k = 0; k < event.former_name_count; ++k)
                    former_names_.emplace_back(event.former_names[k].data, event.former_names[k].size);
            }
    }

    void check_types(const log& log) const {
        if (types_.empty()) return;
        std::vector<std::string> known;
        for (const stored_type& type : log.types()) known.push_back(type.name);
        const auto stored = [&](const std::string& name) { return std::find(known.begin(), known.end(), name) != known.end(); };
        if (std::any_of(former_names_.begin(), former_names_.end(), stored)) return;
        for (const std::string& type : types_)
            if (std::find(known.begin(), known.end(), type) == known.end())
                throw complaint(exit_code::not_found,
                                fmt::format("{} has never seen an event of type \"{}\"{}", log.name(), type,
                                            nearest(type, known) ? suggestion(type, known) : ": `acta info` lists the types it has seen"));
    }

    template <class F>
    static void for_each_page(const log& log, const stream_name* stream, read_options what, F&& use) {
        page events;
        do {
            log.read_page(stream, what, events);
            use(events.events());
            what.limit -= events.events().size();
            (what.direction == direction::forward ? what.after : what.until) = events.next();
        } while (!events.last());
    }

    std::string store_;
    std::optional<std::string> stream_;
    std::vector<std::string> types_;
    std::optional<std::string> plugin_;
    std::vector<std::string> former_names_;
    std::int64_t from_ = 1;
    std::int64_t to_ = std::numeric_limits<std::int64_t>::max();
    std::int64_t limit_ = std::numeric_limits<std::int64_t>::max();
    bool backward_ = false;
};

}  // namespace

std::unique_ptr<verb> make_events() { return std::make_unique<events_verb>(); }

}  // namespace acta::cli
