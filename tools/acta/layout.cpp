// `acta layout`: the layouts that a store's events were written with, what differs between two, and whether a plugin reads them all.
#include <acta/event/json.hpp>
#include <acta/event/resolution.hpp>
#include <acta/store/type_use.hpp>
#include <acta/replay/plugins.hpp>
#include <acta/replay/readable.hpp>

#include "arguments.hpp"
#include "event_view.hpp"
#include "exit_code.hpp"
#include "json_line.hpp"
#include "json_schema.hpp"
#include "layout_text.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace acta::cli {

namespace {

std::string fingerprint_text(const stored_type& type) { return fmt::format("{:016x}", type.fingerprint); }

std::string shown(const stored_type& type) { return fmt::format("{}@{}:{}", type.name, type.revision, fingerprint_text(type)); }

json_line json_of(const char* kind, const stored_type& type) {
    json_line line(kind);
    line.text("type", type.name).number("revision", std::int64_t{type.revision}).text("fingerprint", fingerprint_text(type));
    return line;
}

/// TYPE on the command line: NAME, NAME@REVISION or NAME@REVISION:FINGERPRINT, of which the beginning is enough.
struct type_choice {
    explicit type_choice(const std::string& word) : given(word) {
        const std::size_t at = word.find('@'), colon = word.find(':');
        name = word.substr(0, std::min(at, colon));
        if (colon != std::string::npos) fingerprint = word.substr(colon + 1);
        if (at != std::string::npos) revision = word.substr(at + 1, colon == std::string::npos ? colon : colon - at - 1);
    }
    bool fits(const stored_type& type) const {
        return type.name == name && (!revision || std::to_string(type.revision) == *revision) &&
               (!fingerprint || fingerprint_text(type).starts_with(*fingerprint));
    }
    std::vector<stored_type> all_of(const log& in) const {
        std::vector<stored_type> found;
        std::vector<std::string> names;
        for (stored_type& type : in.types()) {
            names.push_back(type.name);
            if (fits(type)) found.push_back(std::move(type));
        }
        if (found.empty())
            throw complaint(exit_code::not_found,
                            fmt::format("{} has no layout {}{}", in.name(), given,
                                        nearest(name, names) && *nearest(name, names) != name ? suggestion(name, names)
                                                                                              : ": `acta layout list` shows those it has"));
        return found;
    }
    stored_type one_of(const log& in) const {
        const std::vector<stored_type> found = all_of(in);
        if (found.size() == 1) return found.front();
        std::string list;
        for (const stored_type& type : found) list += (list.empty() ? "" : ", ") + shown(type);
        throw complaint(exit_code::usage, fmt::format("{} may be each of {}: name one of them", given, list));
    }

    std::string given;
    std::string name;
    std::optional<std::string> revision;
    std::optional<std::string> fingerprint;
};

// ---- list and show -----------------------------------------------------------------------------------------------------------------

void list(const log& in, output& out, bool json) {
    const std::vector<stored_type> types = in.types();
    const std::vector<type_use> uses = count_types(in);
    std::size_t widest = 4, events = 6, position = 5;
    for (const stored_type& type : types) {
        widest = std::max(widest, width_of(terminal_safe(shown_type(type.name, type.revision))));
        events = std::max(events, std::to_string(uses[type.id].events).size());
        position = std::max(position, std::to_string(uses[type.id].last).size());
    }
    if (!json && out.is_terminal()) {
        out.left("type", widest, tint::faint).left("layout", 16, tint::faint).right("events", events, tint::faint);
        out.right("first", position, tint::faint).right("last", position, tint::faint).end_line();
    }
    for (const stored_type& type : types) {
        const type_use& use = uses[type.id];
        if (json) {
            json_line line = json_of("layout", type);
            line.number("events", static_cast<std::int64_t>(use.events)).number("first", use.first).number("last", use.last);
            out.line(line.json("layout", type.layout_text).finish());
        } else {
            out.left(shown_type(type.name, type.revision), widest, tint::name).left(fingerprint_text(type), 16, tint::faint);
            out.right(std::to_string(use.events), events).right(std::to_string(use.first), position);
            out.right(std::to_string(use.last), position).end_line();
        }
    }
}

void show(const stored_type& type, output& out, bool json, bool schema) {
    const layout shape = layout::from_text(type.layout_text);
    const std::string name = shown_type(type.name, type.revision);
    if (schema) {
        const std::string text = json_schema(shape, name);
        return out.line(json ? json_of("schema", type).json("schema", text).finish() : text);
    }
    if (json) return out.line(json_of("layout", type).json("layout", type.layout_text).finish());
    out.put(name, tint::name).put(", layout " + fingerprint_text(type), tint::faint).end_line();
    std::size_t widest = 0;
    for (const layout& field : shape.inner) widest = std::max(widest, width_of(terminal_safe(field.name)));
    for (std::size_t i = 0; i < shape.inner.size(); ++i) {
        const layout& field = shape.inner[i];
        out.put("  ").left(field.name.empty() ? std::to_string(i) : field.name, widest, tint::strong).line(words_of(field));
    }
}

// ---- diff --------------------------------------------------------------------------------------------------------------------------

/// Why events of one layout cannot be read with the other by the names of fields; nothing when they can.
std::optional<std::string> in_the_way(const layout& stored, const layout& reading) {
    try {
        resolution(stored, reading);
    } catch (const failure& why) { return why.what(); }
    return std::nullopt;
}

void diff(const stored_type& before, const stored_type& after, output& out, bool json) {
    const layout from = layout::from_text(before.layout_text), to = layout::from_text(after.layout_text);
    const auto why = in_the_way(from, to);
    const std::vector<field_change> changes = changes_between(from, to);
    if (json) {
        std::string list = "[";
        for (const field_change& each : changes) {
            const auto words = [](const std::string& text) { return text.empty() ? std::string("null") : json_quoted(text); };
            list += fmt::format(R"({}{{"field":{},"before":{},"after":{}}})", list.size() > 1 ? "," : "", json_quoted(each.path),
                                words(each.before), words(each.after));
        }
        json_line line("layout_diff");
        line.text("before", shown(before)).text("after", shown(after)).json("changes", list + "]");
        line.json("readable_by_name", why ? "false" : "true").json("why", why ? json_quoted(*why) : "null");
        return out.line(line.finish());
    }
    for (const field_change& each : changes) {
        if (!each.before.empty()) out.put("- ").put(each.path, tint::strong).put("  " + each.before).end_line();
        if (!each.after.empty()) out.put("+ ").put(each.path, tint::strong).put("  " + each.after).end_line();
    }
    if (before.layout_text == after.layout_text) out.line("the same layout");
    else if (why) out.line(fmt::format("{} cannot be read as {}: {}", shown(before), shown(after), *why));
    else out.line(fmt::format("{} can be read as {} by the names of its fields", shown(before), shown(after)));
}

// ---- check -------------------------------------------------------------------------------------------------------------------------

const char* words_of(type_reading::way how) {
    switch (how) {
    case type_reading::way::as_stored: return "as stored";
    case type_reading::way::by_name: return "by name";
    case type_reading::way::upcast: return "upcast";
    case type_reading::way::not_consumed: return "not consumed";
    case type_reading::way::unreadable: return "UNREADABLE";
    }
    return "";
}

void print(const type_reading& reading, const std::string& projection, const type_use& use, std::size_t widest, output& out, bool json) {
    if (json) {
        json_line line = json_of("layout_check", reading.type);
        line.text("projection", projection).number("events", static_cast<std::int64_t>(use.events)).text("read", words_of(reading.how));
        return out.line(line.json("why", reading.why.empty() ? "null" : json_quoted(reading.why)).finish());
    }
    const bool bad = reading.how == type_reading::way::unreadable;
    out.left(projection, 12).left(shown_type(reading.type.name, reading.type.revision), widest, tint::name);
    out.left(fingerprint_text(reading.type), 16, tint::faint).right(std::to_string(use.events), 8);
    out.left(words_of(reading.how), 12, bad ? tint::mark : tint::plain).put(reading.why).end_line();
}

/// Enumerations without acta_names: a renumbering of theirs is no drift that anybody could see.
void print_unprotected(const acta_projection& projection, output& out, bool json) {
    for (std::size_t i = 0; i < projection.consumed_count; ++i) {
        const acta_consumed& event = *projection.consumed[i];
        const std::string name(event.name.data, event.name.size);
        const layout shape = layout::from_text({event.layout.data, event.layout.size});
        for (const field_line& field : fields_of(shape)) {
            if (!holds_unnamed_enum(*field.type)) continue;
            if (json)
                out.line(json_line("unprotected_enum")
                             .text("type", name)
                             .number("revision", std::int64_t{event.revision})
                             .text("field", field.path)
                             .finish());
            else out.line(fmt::format("unprotected: {} {} is an enum without acta_names", shown_type(name, event.revision), field.path));
        }
    }
}

void check(const log& in, const std::string& file, output& out, bool json) {
    const plugin library(file);
    const std::vector<type_use> uses = count_types(in);
    std::size_t unreadable = 0, widest = 4;
    for (const stored_type& type : in.types()) widest = std::max(widest, width_of(terminal_safe(shown_type(type.name, type.revision))));
    for (const acta_projection* const projection : library.projections()) {
        const std::string name(projection->name.data, projection->name.size);
        for (const type_reading& reading : readings_of(in, *projection)) {
            print(reading, name, uses[reading.type.id], widest, out, json);
            if (reading.how == type_reading::way::unreadable) ++unreadable;
        }
        print_unprotected(*projection, out, json);
    }
    if (unreadable > 0)
        throw complaint(exit_code::layout_problem,
                        fmt::format("{} cannot read {} of the layouts of {}: the table says why", file, unreadable, in.name()));
}

class layout_verb final : public verb {
public:
    std::string_view name() const override { return "layout"; }
    std::string_view summary() const override { return "the layouts of the events, and whether a program can read them all"; }
    std::string_view details() const override {
        return "acta layout list STORE                every layout with its number of events, first and last position\n"
               "acta layout show STORE TYPE           its fields; with --schema as JSON Schema 2020-12 of the payload's JSON\n"
               "acta layout diff STORE TYPE TYPE      what differs, and whether events of the first can be read as the second by name\n"
               "acta layout check STORE --plugin LIB  how this build reads each layout; exit code 7 when it cannot read one\n"
               "A TYPE is NAME, NAME@REVISION or NAME@REVISION:LAYOUT, as in account.opened@2:08ab (the layout's beginning is enough).\n"
               "With --json one object a line, of kind \"layout\" (type, revision, fingerprint, layout; of list also events, first, "
               "last),\n"
               "\"schema\", \"layout_diff\" (before, after, changes, readable_by_name, why), \"layout_check\" (type, revision, "
               "fingerprint,\n"
               "projection, events, read, why) and \"unprotected_enum\" (type, revision, field).";
    }

    void declare(CLI::App& arguments) override {
        arguments.add_option("ACTION", action_, "list, show, diff or check")->required()->type_name("");
        declare_store(arguments, store_);
        arguments.add_option("TYPE", types_, "which layouts: one to show, two to compare")->type_name("")->expected(0, 2);
        arguments.add_option("--plugin", plugin_, "check: the library that is to read them")->type_name("LIB");
        arguments.add_flag("--schema", schema_, "show: as JSON Schema");
    }

    void run(output& out, bool json) override {
        check_words();
        const sqlite_log log = open_to_read(store_);
        if (action_ == "list") return list(log, out, json);
        if (action_ == "check") return check(log, *plugin_, out, json);
        if (action_ == "diff") return diff(type_choice(types_[0]).one_of(log), type_choice(types_[1]).one_of(log), out, json);
        for (const stored_type& type : type_choice(types_[0]).all_of(log)) show(type, out, json, schema_);
    }

private:
    void check_words() const {
        const std::vector<std::string> known{"list", "show", "diff", "check"};
        if (std::find(known.begin(), known.end(), action_) == known.end())
            throw complaint(exit_code::usage,
                            fmt::format("layout: there is no action \"{}\"{}", action_,
                                        nearest(action_, known) ? suggestion(action_, known) : ": list, show, diff or check"));
        const std::size_t wanted = action_ == "show" ? 1 : action_ == "diff" ? 2 : 0;
        if (types_.size() != wanted)
            throw complaint(exit_code::usage, fmt::format("layout {} takes {} behind the store", action_,
                                                          wanted == 0   ? "nothing"
                                                          : wanted == 1 ? "one TYPE"
                                                                        : "two TYPEs"));
        if ((action_ == "check") != plugin_.has_value())
            throw complaint(exit_code::usage, plugin_ ? "--plugin belongs to layout check"
                                                      : "layout check takes --plugin LIB: the library that is to read the events");
        if (schema_ && action_ != "show") throw complaint(exit_code::usage, "--schema belongs to layout show");
    }

    std::string action_;
    std::string store_;
    std::vector<std::string> types_;
    std::optional<std::string> plugin_;
    bool schema_ = false;
};

}  // namespace

std::unique_ptr<verb> make_layout() { return std::make_unique<layout_verb>(); }

}  // namespace acta::cli
