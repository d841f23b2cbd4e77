// `acta streams`: the streams of a store, in the order in which they were made.
#include "arguments.hpp"
#include "event_view.hpp"
#include "exit_code.hpp"
#include "json_line.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace acta::cli {

namespace {

constexpr std::size_t in_one_go = 1'000;
constexpr std::size_t widest_name = 60;

class stream_lines {
public:
    explicit stream_lines(output& out) : out_(out) {}

    void print(const std::vector<stream_info>& streams) {
        for (const stream_info& stream : streams) {
            name_ = std::max(name_, std::min(widest_name, width_of(terminal_safe(stream.name.text()))));
            version_ = std::max(version_, std::to_string(stream.version).size());
            position_ = std::max(position_, std::to_string(stream.position).size());
        }
        if (out_.is_terminal() && !streams.empty() && !std::exchange(headed_, true)) head();
        for (const stream_info& stream : streams) {
            out_.left(stream.name.text(), name_, tint::strong).right(std::to_string(stream.version), version_);
            out_.right(std::to_string(stream.position), position_, tint::faint).put(shown_time(stream.recorded_at), tint::faint).end_line();
        }
    }

private:
    void head() {
        name_ = std::max<std::size_t>(name_, 6);
        version_ = std::max<std::size_t>(version_, 6);
        position_ = std::max<std::size_t>(position_, 8);
        out_.left("stream", name_, tint::faint).right("events", version_, tint::faint).right("position", position_, tint::faint);
        out_.put("newest", tint::faint).end_line();
    }

    output& out_;
    std::size_t name_ = 0, version_ = 0, position_ = 0;
    bool headed_ = false;
};

std::string json_of(const stream_info& stream) {
    json_line line("stream");
    line.text("stream", stream.name.text()).text("category", stream.name.category()).number("version", stream.version);
    return line.number("position", stream.position).text("recorded_at", shown_time(stream.recorded_at)).finish();
}

class streams_verb final : public verb {
public:
    std::string_view name() const override { return "streams"; }
    std::string_view summary() const override { return "the streams, in the order in which they were made"; }
    std::string_view details() const override {
        return "Each line: name, number of events, position and time of the newest one.\n"
               "With --json one object of kind \"stream\" a line: stream, category, version, position, recorded_at.";
    }

    void declare(CLI::App& arguments) override {
        declare_store(arguments, store_);
        arguments.add_option("--category", category_, "only of this category, the part before the first \"-\"")->type_name("C");
        declare_number(arguments, "--limit", "N", limit_, "at most so many");
    }

    void run(output& out, bool json) override {
        if (category_) check_category();
        const sqlite_log log = open_to_read(store_);
        stream_lines lines(out);
        std::size_t left = static_cast<std::size_t>(limit_);
        std::int64_t after = 0;
        while (left > 0) {
            std::vector<stream_info> found = log.streams(after, category_ ? in_one_go : std::min(left, in_one_go));
            if (found.empty()) break;
            after = found.back().id;
            if (category_) std::erase_if(found, [&](const stream_info& stream) { return stream.name.category() != *category_; });
            if (found.size() > left) found.erase(found.begin() + static_cast<std::ptrdiff_t>(left), found.end());
            left -= found.size();
            if (!json) lines.print(found);
            else
                for (const stream_info& stream : found) out.line(json_of(stream));
            if (out.is_terminal()) out.flush();
        }
        if (category_ && left == static_cast<std::size_t>(limit_))
            throw complaint(exit_code::not_found,
                            fmt::format("{} has no stream of category \"{}\": `acta streams` lists those it has", log.name(), *category_));
    }

private:
    /// A category is what begins a stream's name, up to the first hyphen.
    void check_category() const {
        if (category_->find('-') != std::string::npos)
            throw complaint(exit_code::usage,
                            fmt::format("--category \"{}\" holds a hyphen: a category ends before the first one", *category_));
        try {
            stream_from(*category_ + "-x");
        } catch (const complaint&) {
            throw complaint(
                exit_code::usage,
                fmt::format("--category \"{}\" is no category: 1 to 253 bytes of UTF-8 without control characters", *category_));
        }
    }

    std::string store_;
    std::optional<std::string> category_;
    std::int64_t limit_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace

std::unique_ptr<verb> make_streams() { return std::make_unique<streams_verb>(); }

}  // namespace acta::cli
