// `acta verify`: looks at every row of a store.
#include "arguments.hpp"
#include "exit_code.hpp"
#include "json_line.hpp"
#include "progress_line.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace acta::cli {

namespace {

class verify_verb final : public verb {
public:
    std::string_view name() const override { return "verify"; }
    std::string_view summary() const override {
        return "looks at every row of a store; exit code 5 when something is not what was written";
    }
    std::string_view details() const override {
        return "Checksums, the order of positions and versions, names, tags against entries in both directions, answered commands,\n"
               "snapshots, the catalogue, triggers, and SQLite's own check of pages and indexes. A line for each finding, at most 100.\n"
               "Changes nothing, and may run beside writers, whose write-ahead log grows meanwhile.\n"
               "With --json one object of kind \"finding\" (text) a line, and one of kind \"verified\" (store, head, entries, streams, "
               "tags,\n"
               "commands, snapshots, findings) at the end; it is missing where the damage is such that the store cannot be opened.";
    }

    void declare(CLI::App& arguments) override { declare_store(arguments, store_); }

    void run(output& out, bool json) override {
        const sqlite_log log = open_to_verify(out, json);
        progress_line shown("verifying");
        const verified all = log.verify([&shown](position reached, position head) { shown.at(reached, head); });
        for (const std::string& each : all.findings)
            out.line(json ? json_line("finding").text("text", each).finish() : terminal_safe(each));
        if (json) out.line(json_of(all, log));
        if (!all.sound())
            throw complaint(exit_code::verification_failed,
                            fmt::format("{} is damaged ({}{}): stop writing to it, restore it from a copy, then look at the disk",
                                        log.name(),
                                        all.findings.size() == 1 ? "1 finding" : fmt::format("{} findings", all.findings.size()),
                                        all.findings.size() == verified::most_findings ? " or more" : ""));
        if (!json)
            out.line(fmt::format("{}: {} events in {} entries of {} streams, {} tagged entries, {} answered commands, {} snapshots: all is "
                                 "what was written",
                                 log.name(), grouped(all.head), number(all.entries), number(all.streams), number(all.tags),
                                 number(all.commands), number(all.snapshots)));
    }

private:
    sqlite_log open_to_verify(output& out, bool json) const {
        try {
            return open_to_read(store_);
        } catch (const failure& why) {
            if (json && why.code() == errc::damaged) out.line(json_line("finding").text("text", why.what()).finish());
            throw;
        }
    }

    static std::string number(std::uint64_t of) { return grouped(static_cast<std::int64_t>(of)); }

    static std::string json_of(const verified& all, const log& log) {
        json_line line("verified");
        line.text("store", log.name()).number("head", all.head).number("entries", static_cast<std::int64_t>(all.entries));
        line.number("streams", static_cast<std::int64_t>(all.streams)).number("tags", static_cast<std::int64_t>(all.tags));
        line.number("commands", static_cast<std::int64_t>(all.commands)).number("snapshots", static_cast<std::int64_t>(all.snapshots));
        return line.number("findings", static_cast<std::int64_t>(all.findings.size())).finish();
    }

    std::string store_;
};

}  // namespace

std::unique_ptr<verb> make_verify() { return std::make_unique<verify_verb>(); }

}  // namespace acta::cli
