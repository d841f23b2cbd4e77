// `acta info`: what a store is and how much is in it, without reading through its events.
#include <acta/event/command_id.hpp>
#include <acta/event/json.hpp>

#include "arguments.hpp"
#include "event_view.hpp"
#include "json_line.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>

namespace acta::cli {

namespace {

/// The format's number from the header of the file (SQLite's user_version). To be asked before the log is open: SQLite loses its locks
/// when somebody else in this process closes the file.
std::int64_t format_of(const std::string& path) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(path, none)) return 0;  // opening a pipe would wait; the log has a sentence for it
    std::array<char, 64> header{};
    std::ifstream(path, std::ios::binary).read(header.data(), header.size());
    std::int64_t format = 0;
    for (std::size_t at = 60; at < 64; ++at) format = format << 8 | static_cast<unsigned char>(header[at]);
    return format;
}

std::int64_t size_of(const std::filesystem::path& file) {
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    return none ? 0 : static_cast<std::int64_t>(size);
}

std::string shown_size(std::int64_t bytes) {
    constexpr std::array<const char*, 5> units{"bytes", "kB", "MB", "GB", "TB"};
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= 1000 && unit + 1 < units.size(); ++unit) size /= 1000;
    return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {} ({} bytes)", size, units[unit], grouped(bytes));
}

struct facts {
    std::string path{};
    std::int64_t format = 0;
    std::string uuid{};
    std::string created_at{};
    position head = 0;
    std::optional<std::string> newest_at{};
    std::int64_t bytes = 0;
    std::int64_t wal_bytes = 0;
    std::vector<stored_type> types{};
};

facts facts_of(const std::string& path) {
    facts found{.format = format_of(path)};
    const sqlite_log log = open_to_read(path);
    found.path = log.name();
    found.uuid = uuid_text(log.uuid());
    found.created_at = shown_time(log.created_at());
    for (const stored_event& newest : log.read({.direction = direction::backward, .limit = 1})) {
        found.head = newest.position;
        found.newest_at = shown_time(newest.recorded_at);
    }
    found.bytes = size_of(found.path);
    found.wal_bytes = size_of(found.path + "-wal");
    found.types = log.types();
    return found;
}

void print(output& out, const facts& of) {
    const auto line = [&out](std::string_view what, const std::string& value) { out.left(what, 12, tint::faint).line(value); };
    line("store", of.path);
    line("format", std::to_string(of.format));
    line("uuid", of.uuid);
    line("created", of.created_at);
    line("events", grouped(of.head));
    line("newest", of.newest_at.value_or("none yet"));
    line("size", shown_size(of.bytes) + (of.wal_bytes == 0 ? "" : ", and " + shown_size(of.wal_bytes) + " in its write-ahead log"));
    line("event types", grouped(static_cast<std::int64_t>(of.types.size())));
    for (const stored_type& type : of.types) out.line("  " + shown_type(type.name, type.revision));
}

std::string json_of(const facts& of) {
    json_line line("info");
    line.text("store", of.path)
        .number("format", of.format)
        .text("uuid", of.uuid)
        .text("created_at", of.created_at)
        .number("events", of.head);
    if (of.newest_at) line.text("newest_at", *of.newest_at);
    else line.json("newest_at", "null");
    line.number("bytes", of.bytes).number("wal_bytes", of.wal_bytes);
    std::string types = "[";
    for (const stored_type& type : of.types) {
        if (types.size() > 1) types += ',';
        types +=
            fmt::format(R"({{"type":{},"revision":{},"fingerprint":"{:016x}"}})", json_quoted(type.name), type.revision, type.fingerprint);
    }
    return line.json("types", types + ']').finish();
}

class info_verb final : public verb {
public:
    std::string_view name() const override { return "info"; }
    std::string_view summary() const override { return "what a store is, and how much is in it"; }
    std::string_view details() const override {
        return "With --json one object of kind \"info\": store, format, uuid, created_at, events, newest_at (null\n"
               "when there is none), bytes, wal_bytes, types (each with type, revision, fingerprint).";
    }
    void declare(CLI::App& arguments) override { declare_store(arguments, store_); }
    void run(output& out, bool json) override {
        const facts found = facts_of(store_);
        json ? out.line(json_of(found)) : print(out, found);
    }

private:
    std::string store_;
};

}  // namespace

std::unique_ptr<verb> make_info() { return std::make_unique<info_verb>(); }

}  // namespace acta::cli
