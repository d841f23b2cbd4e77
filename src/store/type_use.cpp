// How much of a log each event type is, and whether a program can read all of it.
#include <acta/store/type_use.hpp>

#include <algorithm>

namespace acta {

std::vector<type_use> count_types(const log& of, std::vector<std::string> names) {
    std::vector<type_use> uses;
    read_options what{.until = of.head(), .types = std::move(names)};
    page events;
    do {
        of.read_page(nullptr, what, events);
        for (const stored_event& event : events.events()) {
            if (event.type >= uses.size()) uses.resize(event.type + std::size_t{1});
            type_use& use = uses[event.type];
            ++use.events;
            if (use.first == 0) use.first = event.position;
            use.last = event.position;
        }
        what.after = events.next();
    } while (!events.last());
    uses.resize(std::max(uses.size(), of.types().size() + 1));
    return uses;
}

std::string use_text(const log& in, const stored_type& of) {
    const type_use use = count_types(in, {of.name})[of.id];
    if (use.events == 0) return "no event is stored so";
    if (use.events == 1) return "1 event is stored so, at position " + std::to_string(use.first);
    return std::to_string(use.events) + " events are stored so, at positions " + std::to_string(use.first) + " to " +
           std::to_string(use.last);
}

void check_readable(const log& in, const event_list& listed) {
    for (const stored_type& type : in.types()) {
        try {
            paths_for({type.name, type.revision, type.fingerprint, type.layout_text}, listed);
        } catch (const failure& why) { throw failure(why.code(), in.name() + ": " + why.what() + "; " + use_text(in, type)); }
    }
}

}  // namespace acta
