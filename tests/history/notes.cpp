// The notes' names, tags and codecs.
#include "notes.hpp"

#include <acta/event/codec.hpp>

#include <array>

using all_notes = acta::events<tests::note<0>, tests::note<1>, tests::note<2>>;
ACTA_CODECS(all_notes);
using extended_notes = acta::events<tests::note<tests::extended_red>>;
ACTA_CODECS(extended_notes);
using changed_notes = acta::events<tests::note<tests::changed_red>>;
ACTA_CODECS(changed_notes);

namespace tests {

namespace {

template <int kind>
acta::new_event made(unsigned tags, std::int64_t number, std::string text, acta::metadata own) {
    acta::annotated<note<kind>> one;
    one.metadata = std::move(own);
    one.tags = tags_of(tags);
    if constexpr (kind == changed_red) one.event.number = std::to_string(number);
    else one.event.number = number;
    one.event.text = std::move(text);
    return one;
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
    constexpr std::array makers{made<0>, made<1>, made<2>, made<extended_red>, made<changed_red>};
    return makers.at(static_cast<std::size_t>(kind))(tags, number, std::move(text), std::move(own));
}

std::int64_t number_of(acta::byte_span payload) {
    note<0> decoded;  // the kinds have the same fields
    acta::codec_of<note<0>>().decode(payload, &decoded);
    return decoded.number;
}

}  // namespace tests
