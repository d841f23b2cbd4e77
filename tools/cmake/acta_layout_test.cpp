// The program of acta_add_layout_test: compares the layouts of all events that are linked into it with a committed file.
#include <acta/event/encoding.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

/// A line for the event, one for each of its fields, indented: what a review can read.
std::string text_of(const acta::event_codec& codec) {
    std::string text = std::string(codec.type.name) + " revision " + std::to_string(codec.type.revision);
    for (const std::string_view name : codec.former_names) text += ", formerly " + std::string(name);
    text += "\n";
    for (std::size_t i = 0; i < codec.shape.inner.size(); ++i) {
        acta::layout field = codec.shape.inner[i];
        const std::string name = std::exchange(field.name, {});
        text += "    " + (name.empty() ? std::to_string(i) : name) + " " + field.to_text() + "\n";
    }
    return text;
}

/// Of all events and the structs that they are upcast from, by name and revision.
std::string text_of_all() {
    std::vector<const acta::event_codec*> all;
    for (const acta::event_codec* newest : acta::linked_codecs())
        for (const acta::event_codec* each = newest; each != nullptr; each = each->older)
            if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(each);
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
        return a->type.name != b->type.name ? a->type.name < b->type.name : a->type.revision < b->type.revision;
    });
    std::string text = "# The layouts of stored events, compared by acta_add_layout_test. A change here changes what stores hold.\n";
    for (const acta::event_codec* const each : all) text += text_of(*each);
    return text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The lines that only one of both has, under the event that they belong to.
void print_difference(const std::string& committed, const std::string& now) {
    const auto print = [](const char* mark, const std::vector<std::string>& lines, const std::vector<std::string>& others) {
        std::string event, other_event;
        for (const std::string& line : lines) {
            const bool field = line.starts_with(' ');
            if (!field) event = line;
            bool there = false;
            for (const std::string& other : others) {
                if (!other.starts_with(' ')) other_event = other;
                there = there || (other == line && (!field || other_event == event));
            }
            if (!there) std::cerr << mark << (field ? event + ":" : "") << line << "\n";
        }
    };
    print("- ", lines_of(committed), lines_of(now));
    print("+ ", lines_of(now), lines_of(committed));
}

int run(const std::string& file, bool update) {
    const std::string now = text_of_all();
    if (acta::linked_codecs().empty()) {
        std::cerr << "no ACTA_CODECS line is linked into this test: give acta_add_layout_test the target that compiles codec.cpp\n";
        return 2;
    }
    if (update) {
        std::ofstream(file, std::ios::binary) << now;
        return 0;
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        std::cerr << file << " is not there: build the target that ends in _update_layouts, and commit the file\n";
        return 1;
    }
    std::ostringstream committed;
    committed << in.rdbuf();
    if (committed.str() == now) return 0;
    std::cerr << "the layouts of events are not those of " << file << " (- there, + here):\n";
    print_difference(committed.str(), now);
    std::cerr
        << "if that is meant, build the target that ends in _update_layouts and commit the file; stored events keep their old layout,\n"
           "and `acta layout check` tells whether they can still be read\n";
    return 1;
}

}  // namespace

/// The linker calls this in place of main (--wrap), which a program under test has, too.
extern "C" int __wrap_main(int argc, char** argv);
extern "C" int __wrap_main(int argc, char** argv) {
    try {
        if (argc == 2) return run(argv[1], false);
        if (argc == 3 && std::string(argv[2]) == "--update") return run(argv[1], true);
        std::cerr << "usage: " << argv[0] << " FILE [--update]\n";
        return 2;
    } catch (const std::exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
