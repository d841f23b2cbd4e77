// A domain of three kinds of notes and a few tags: small enough that appends of random shape get into each other's way.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/store/new_event.hpp>

#include <cstdint>
#include <string>

namespace tests {

struct note_fields {
    std::int64_t number = 0;
    std::string text{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("number", number), acta::field("text", text));
    }
};

template <int kind>
struct note;
template <>
struct note<0> : note_fields {
    static constexpr acta::event_type event{"note.red", 1};
};
template <>
struct note<1> : note_fields {
    static constexpr acta::event_type event{"note.green", 1};
};
template <>
struct note<2> : note_fields {
    static constexpr acta::event_type event{"note.blue", 1};
};

/// A red note with a field more: what a careful change looks like.
template <>
struct note<3> : note_fields {
    static constexpr acta::event_type event{"note.red", 1};
    bool urgent = true;
    template <class Archive>
    void serialize(Archive& ar) {
        note_fields::serialize(ar);
        ar(acta::field("urgent", urgent));
    }
};

/// A red note with a field of another type: what a careless change looks like.
template <>
struct note<4> {
    static constexpr acta::event_type event{"note.red", 1};
    std::string number{};
    std::string text{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("number", number), acta::field("text", text));
    }
};

constexpr int note_kinds = 3, extended_red = 3, changed_red = 4;
/// Those that have one are found by it: bit 0 of a set is the tag "on:0".
constexpr unsigned note_tags = 6;

std::string name_of_kind(int kind);
acta::tag tag_of_bit(unsigned bit);
/// The tags of a set of bits.
std::vector<acta::tag> tags_of(unsigned bits);

acta::new_event new_note(int kind, unsigned tags, std::int64_t number, std::string text = {}, acta::metadata own = {});
/// The number of a stored one.
std::int64_t number_of(acta::byte_span payload);

}  // namespace tests
