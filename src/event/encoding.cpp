// The codecs that are linked into a program, noted while its static objects are made.
#include <acta/event/encoding.hpp>

#include <algorithm>

namespace acta {

namespace {

std::vector<const event_codec& (*)()>& noted() {
    static std::vector<const event_codec& (*)()> all;
    return all;
}

}  // namespace

void detail::note_linked(const event_codec& (*codec)()) { noted().push_back(codec); }

std::vector<const event_codec*> linked_codecs() {
    std::vector<const event_codec*> all;
    for (const auto codec : noted())
        if (std::find(all.begin(), all.end(), &codec()) == all.end()) all.push_back(&codec());
    return all;
}

}  // namespace acta
