// From the words of a command line to the verb that runs: help, version, and what to say when a word is wrong.
#include "command_line.hpp"

#include "exit_code.hpp"
#include "json_line.hpp"
#include "text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace acta::cli {

namespace {

constexpr const char* about = "acta: looks into event stores and replays their events into read models.";

constexpr const char* conventions =
    R"(Data goes to standard output, everything else to standard error. --json prints one object a line, each
beginning {"acta":1,"kind":...}: 1 is the version of this envelope, raised when a member changes its meaning.
Colours and progress are for terminals only; NO_COLOR=1 switches colours off.

Exit codes:
  0  it worked
  1  it failed
  2  the command line is wrong
  3  a file, stream, type or projection is not there
  4  conflict: somebody was faster, or a read model belongs to another projection or store
  5  verification failed: stored bytes are not what was written
  6  busy: another process holds what is needed, try again later
  7  layout or upcast problem: events cannot be read with the fields that this projection expects)";

/// What may be given several times is followed by dots, where CLI11 counts.
class help_page final : public CLI::Formatter {
    std::string make_option_usage(const CLI::Option* of) const override {
        const std::string name = of->get_name() + (of->get_expected_max() > 1 ? "..." : "");
        return of->get_required() ? name : "[" + name + "]";
    }
};

/// CLI11's help with our words for its headings.
std::shared_ptr<CLI::Formatter> plain_help() {
    auto words = std::make_shared<help_page>();
    words->column_width(22);
    words->label("Usage", "usage");
    words->label("OPTIONS", "options");
    words->label("SUBCOMMAND", "VERB");
    words->label("Positionals", "Arguments");
    words->label("REQUIRED", "");
    return words;
}

class command_line {
public:
    command_line() : app_(about, "acta"), verbs_(all_verbs()) {
        app_.formatter(plain_help());
        app_.set_help_flag("-h,--help", "this page");
        app_.add_flag("--version", version_, "the version of this command");
        app_.add_flag("--json", json_, "with --version: as JSON");
        app_.footer(conventions);
        app_.allow_extras();
        app_.require_subcommand(0, 1);  // a store may be named like a verb
        for (const auto& one : verbs_) add(*one);
        app_.add_subcommand("help", "more about a verb: acta help events")->group("Verbs");
    }

    void run(std::vector<std::string> words, output& out) {
        if (!words.empty() && words[0] == "help") words = asking_for_help(std::move(words));
        check_verb(words);
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
        try {
            app_.parse(words);
        } catch (const CLI::CallForHelp&) { return print_lines(out, app_.help()); } catch (const CLI::ParseError& why) {
            refuse_extras();
            throw complaint(exit_code::usage, sentence_of(why));
        }
        refuse_extras();
        if (version_) return print_version(out);
        chosen()->run(out, json_);
    }

private:
    void add(verb& one) {
        CLI::App& arguments = *app_.add_subcommand(std::string(one.name()), std::string(one.summary()))->group("Verbs");
        arguments.set_help_flag("-h,--help", "this page");
        one.declare(arguments);
        arguments.add_flag("--json", json_, "for programs: one JSON object a line");
        arguments.footer(std::string(one.details()));
        arguments.allow_extras();
    }

    std::vector<std::string> verb_names() const {
        std::vector<std::string> names;
        for (const auto& one : verbs_) names.emplace_back(one->name());
        names.emplace_back("help");
        return names;
    }

    std::string list_of_verbs() const {
        std::string list;
        for (const std::string& name : verb_names()) list += (list.empty() ? "" : ", ") + name;
        return list;
    }

    static std::vector<std::string> asking_for_help(std::vector<std::string> words) {
        if (words.size() > 2) throw complaint(exit_code::usage, "help takes one verb, as in `acta help events`");
        words.erase(words.begin());
        words.emplace_back("--help");
        return words;
    }

    /// The first word is a verb, or an option of ours.
    void check_verb(const std::vector<std::string>& words) const {
        if (words.empty()) throw complaint(exit_code::usage, "a verb is missing: " + list_of_verbs() + "; `acta --help` says what they do");
        const std::vector<std::string> known = verb_names();
        if (words[0].starts_with('-') || std::find(known.begin(), known.end(), words[0]) != known.end()) return;
        if (const auto meant = nearest(words[0], known))
            throw complaint(exit_code::usage, "there is no verb \"" + words[0] + "\"; did you mean \"" + *meant + "\"?");
        throw complaint(exit_code::usage, "there is no verb \"" + words[0] + "\": the verbs are " + list_of_verbs());
    }

    const CLI::App& parsed() const {
        const auto chosen = app_.get_subcommands();
        return chosen.empty() ? app_ : *chosen.front();
    }

    verb* chosen() const {
        const auto found = std::find_if(verbs_.begin(), verbs_.end(), [&](const auto& one) { return one->name() == parsed().get_name(); });
        if (found == verbs_.end())
            throw complaint(exit_code::usage, "a verb is missing: " + list_of_verbs() + "; `acta --help` says what they do");
        return found->get();
    }

    /// Words that nobody takes: an option that is not there, else a word too many.
    void refuse_extras() const {
        const CLI::App& where = parsed();
        std::vector<std::string> extras = where.remaining();
        std::erase(extras, "--");  // it only says that no options follow
        const auto option = std::find_if(extras.begin(), extras.end(), [](const std::string& word) { return word.starts_with('-'); });
        const std::string prefix = &where == &app_ ? "" : where.get_name() + ": ";
        if (option != extras.end()) {
            std::vector<std::string> known;
            for (const CLI::Option* one : where.get_options())
                for (const std::string& name : one->get_lnames()) known.push_back("--" + name);
            const std::string name = option->substr(0, option->find('='));
            const std::string help = ": `acta " + (prefix.empty() ? "" : where.get_name() + " ") + "--help` lists the options";
            throw complaint(exit_code::usage,
                            prefix + "there is no option " + name + (nearest(name, known) ? suggestion(name, known) : help));
        }
        if (!extras.empty()) throw complaint(exit_code::usage, prefix + "\"" + extras.front() + "\" is one word too many");
    }

    std::string sentence_of(const CLI::ParseError& why) const {
        const CLI::App& where = parsed();
        std::string text = why.what();
        std::replace(text.begin(), text.end(), '\n', ' ');
        return (&where == &app_ ? "" : where.get_name() + ": ") + text + "; `acta " + (&where == &app_ ? "" : where.get_name() + " ") +
               "--help` shows how it is used";
    }

    static void print_lines(output& out, std::string_view text) {
        while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
        for (bool more = true; more;) {
            const std::size_t end = text.find('\n');
            out.line(text.substr(0, end));
            more = end != std::string_view::npos;
            if (more) text.remove_prefix(end + 1);
        }
    }

    void print_version(output& out) const {
        out.line(json_ ? json_line("version").text("version", ACTA_VERSION).finish() : "acta " ACTA_VERSION);
    }

    CLI::App app_;
    std::vector<std::unique_ptr<verb>> verbs_;
    bool version_ = false;
    bool json_ = false;
};

}  // namespace

void run_command_line(const std::vector<std::string>& words, output& out) { command_line().run(words, out); }

}  // namespace acta::cli
