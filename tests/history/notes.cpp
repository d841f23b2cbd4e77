// The notes' names, tags and codecs.
#include "notes.hpp"

#include <acta/event/codec.hpp>

using all_notes = acta::events<tests::note<0>, tests::note<1>, tests::note<2>>;
ACTA_CODECS(all_notes);

namespace tests {

namespace {

template <int kind>
acta::new_event made(unsigned tags, std::int64_t number, std::string text, acta::metadata own) {
    return acta::annotated<note<kind>>{{number, std::move(text)}, std::move(own), tags_of(tags), {}};
}

}  // namespace

std::string name_of_kind(int kind) {
    return std::string(kind == 0 ? note<0>::event.name : kind == 1 ? note<1>::event.name : note<2>::event.name);
}

acta::tag tag_of_bit(unsigned bit) { return {"on", std::to_string(bit)}; }

std::vector<acta::tag> tags_of(unsigned bits) {
    std::vector<acta::tag> out;
    for (unsigned bit = 0; bit < note_tags; ++bit)
        if ((bits >> bit & 1U) != 0) out.push_back(tag_of_bit(bit));
    return out;
}

acta::new_event new_note(int kind, unsigned tags, std::int64_t number, std::string text, acta::metadata own) {
    if (kind == 0) return made<0>(tags, number, std::move(text), std::move(own));
    if (kind == 1) return made<1>(tags, number, std::move(text), std::move(own));
    return made<2>(tags, number, std::move(text), std::move(own));
}

std::int64_t number_of(acta::byte_span payload) {
    note<0> decoded;  // the kinds have the same fields
    acta::codec_of<note<0>>().decode(payload, &decoded);
    return decoded.number;
}

}  // namespace tests
