// Payloads that were written with other fields than a program has, rewritten by the names of their fields.
#include <acta/event/resolution.hpp>

#include "number.hpp"

#include <algorithm>

namespace acta {

namespace {

using enum layout_kind;

/// A type as it is shown in a sentence.
std::string shown(const layout& of) {
    constexpr std::size_t longest = 120;
    layout unnamed = of;
    unnamed.name.clear();
    std::string text = unnamed.to_text();
    if (text.size() > longest) text = text.substr(0, longest) + "...";
    return text;
}

/// Passes over one value.
void skip(const layout& of, byte_reader& in) {
    switch (of.kind) {
    case boolean:
    case u8:
    case i8: in.u8(); return;
    case f32: in.raw(4); return;
    case f64: in.raw(8); return;
    case text:
    case bytes: in.raw(in.varint()); return;
    case optional:
        if (read_flag(in)) skip(of.inner[0], in);
        return;
    case list:
    case set:
        for (std::size_t left = in.count(); left > 0; --left) skip(of.inner[0], in);
        return;
    case array:
        for (std::uint64_t left = of.size; left > 0; --left) skip(of.inner[0], in);
        return;
    case map:
        for (std::size_t left = in.count(); left > 0; --left) skip(of.inner[0], in), skip(of.inner[1], in);
        return;
    case tuple:
    case structure:
        for (const layout& each : of.inner) skip(each, in);
        return;
    case variant: {
        const std::uint64_t index = in.varint();
        if (index >= of.inner.size()) byte_reader::broken("a variant's index is too large");
        return skip(of.inner[index], in);
    }
    case enumeration:
    case duration:
    case time: return skip(of.inner[0], in);
    default: in.varint();
    }
}

int bits(layout_kind kind) {
    switch (kind) {
    case u8:
    case i8: return 8;
    case u16:
    case i16: return 16;
    case u32:
    case i32: return 32;
    default: return 64;
    }
}

/// Does every value of one integer type fit the other?
bool widens(layout_kind from, layout_kind to) {
    if (!is_integer(from) || !is_integer(to)) return false;
    if (is_signed(from) == is_signed(to)) return bits(from) <= bits(to);
    return is_signed(to) && bits(from) < bits(to);
}

}  // namespace

// ---- what is to be done, from the layouts alone -----------------------------------------------------------------------------------

class resolution::planner {
public:
    /// `where` is the path of fields to the value; inside of keys two values must not become one.
    step plan(const layout& stored, const layout& ours, const std::string& where, bool in_key) const {
        if (stored.same_type(ours)) return {change::unchanged, &stored, &ours};
        if (ours.kind == optional && stored.kind != optional)
            return {change::made_optional, &stored, &ours, {plan(stored, ours.inner[0], where, in_key)}};
        if (widens(stored.kind, ours.kind)) return {change::widened, &stored, &ours};
        if (stored.kind != ours.kind) refuse_types(stored, ours, where);
        const auto only = [&](change what, const std::string& inside, bool key) {
            return step{what, &stored, &ours, {plan(stored.inner[0], ours.inner[0], inside, key)}};
        };
        switch (stored.kind) {
        case optional: return only(change::inside_optional, where, in_key);
        case list: return only(change::inside_elements, where + "[]", in_key);
        case set: return only(change::inside_elements, where + "[]", true);
        case array:
            if (stored.size != ours.size) refuse_types(stored, ours, where);
            return only(change::inside_array, where + "[]", in_key);
        case map: {
            step made = only(change::inside_map, where + "[]", true);
            made.inner.push_back(plan(stored.inner[1], ours.inner[1], where + "[]", in_key));
            return made;
        }
        case tuple:
            if (stored.inner.size() != ours.inner.size()) refuse_types(stored, ours, where);
            return {change::inside_all, &stored, &ours, each(stored, ours, where, in_key)};
        case variant:
            if (stored.inner.size() > ours.inner.size()) refuse_types(stored, ours, where);
            return {change::inside_variant, &stored, &ours, each(stored, ours, where, in_key)};
        case structure: return fields(stored, ours, where, in_key);
        case enumeration: return enumeration_step(stored, ours, where);
        case duration:
        case time:
            if (stored.numerator != ours.numerator || stored.denominator != ours.denominator) refuse_types(stored, ours, where);
            return {change::inside_all, &stored, &ours, {plan(stored.inner[0], ours.inner[0], where, in_key)}};
        default: refuse_types(stored, ours, where);
        }
    }

private:
    std::vector<step> each(const layout& stored, const layout& ours, const std::string& where, bool in_key) const {
        std::vector<step> made;
        for (std::size_t i = 0; i < stored.inner.size(); ++i)
            made.push_back(plan(stored.inner[i], ours.inner[i], where + "." + std::to_string(i), in_key));
        return made;
    }

    step fields(const layout& stored, const layout& ours, const std::string& where, bool in_key) const {
        step made{change::fields, &stored, &ours};
        const auto unnamed = [](const layout& of) {
            std::vector<std::size_t> places;
            for (std::size_t i = 0; i < of.inner.size(); ++i)
                if (of.inner[i].name.empty()) places.push_back(i);
            return places;
        };
        const std::vector<std::size_t> positional = unnamed(stored);
        if (positional.size() != unnamed(ours).size())
            refuse((where.empty() ? "it has " : "its field '" + where + "' has ") + std::to_string(positional.size()) +
                   " stored fields without a name and " + std::to_string(unnamed(ours).size()) +
                   " here: without names nobody can tell which is which");

        std::size_t next_positional = 0, next = 0, kept = 0;
        for (const layout& field : ours.inner) {
            const std::size_t place = field.name.empty() ? positional[next_positional++] : place_of(field.name, stored);
            made.from.push_back(place);
            if (place == added) continue;
            made.in_order = made.in_order && place >= next;
            next = place + 1, ++kept;
            made.inner.push_back(plan(stored.inner[place], field, inside(where, field, place), in_key));
        }
        if (in_key && kept < stored.inner.size())
            refuse("a field of '" + where + "' is stored and is not here, inside of a key: without it two keys could become one");
        return made;
    }
    static std::size_t place_of(const std::string& name, const layout& stored) {
        for (std::size_t i = 0; i < stored.inner.size(); ++i)
            if (stored.inner[i].name == name) return i;
        return added;
    }
    static std::string inside(const std::string& where, const layout& field, std::size_t place) {
        return (where.empty() ? "" : where + ".") + (field.name.empty() ? std::to_string(place) : field.name);
    }

    step enumeration_step(const layout& stored, const layout& ours, const std::string& where) const {
        if (!widens(stored.inner[0].kind, ours.inner[0].kind)) refuse_types(stored, ours, where);
        if (!stored.enumerators.empty() && ours.enumerators.empty())
            refuse("the enumerators of its field '" + where +
                   "' are stored with names and have none here: give them back their acta_names");
        for (const auto& one : stored.enumerators) {
            if (std::find(ours.enumerators.begin(), ours.enumerators.end(), one) != ours.enumerators.end()) continue;
            const auto same_name =
                std::find_if(ours.enumerators.begin(), ours.enumerators.end(), [&](const auto& other) { return other.name == one.name; });
            const std::string which =
                "the enumerator '" + one.name + "' of its field '" + where + "' is stored as " + std::to_string(one.value);
            refuse(which +
                   (same_name == ours.enumerators.end() ? " and is not here" : " and is " + std::to_string(same_name->value) + " here"));
        }
        return {change::inside_all, &stored, &ours, {plan(stored.inner[0], ours.inner[0], where, false)}};
    }

    [[noreturn]] static void refuse_types(const layout& stored, const layout& ours, const std::string& where) {
        refuse("its field '" + where + "' is stored as " + shown(stored) + " and is " + shown(ours) + " here");
    }
    [[noreturn]] static void refuse(const std::string& why) { throw failure(errc::layout_mismatch, why); }
};

// ---- doing it --------------------------------------------------------------------------------------------------------------------

class resolution::rewriter {
public:
    rewriter(byte_span payload, std::vector<std::byte>& out) : in_(payload), out_(out) {}

    bool done() const noexcept { return in_.done(); }

    void rewrite(const step& by) {
        switch (by.what) {
        case change::unchanged: return copy(*by.stored);
        case change::widened: return widen(by.stored->kind, by.ours->kind);
        case change::made_optional: out_.u8(1); return rewrite(by.inner[0]);
        case change::inside_optional: {
            const bool there = read_flag(in_);
            out_.u8(there ? 1 : 0);
            if (there) rewrite(by.inner[0]);
            return;
        }
        case change::inside_elements:
            for (std::size_t left = count(); left > 0; --left) rewrite(by.inner[0]);
            return;
        case change::inside_array:
            for (std::uint64_t left = by.stored->size; left > 0; --left) rewrite(by.inner[0]);
            return;
        case change::inside_map:
            for (std::size_t left = count(); left > 0; --left) rewrite(by.inner[0]), rewrite(by.inner[1]);
            return;
        case change::inside_all:
            for (const step& each : by.inner) rewrite(each);
            return;
        case change::inside_variant: {
            const std::uint64_t index = in_.varint();
            if (index >= by.inner.size()) byte_reader::broken("a variant's index is too large");
            out_.varint(index);
            return rewrite(by.inner[index]);
        }
        case change::fields: return by.in_order ? fields_in_order(by) : fields_by_place(by);
        }
    }

private:
    void copy(const layout& value) {
        const byte_span before = in_.rest();
        skip(value, in_);
        out_.raw(before.first(before.size() - in_.left()));
    }
    void widen(layout_kind from, layout_kind to) {
        if (is_signed(from)) return put_signed(read_signed(in_, from), to);
        const std::uint64_t number = read_unsigned(in_, from);
        if (is_signed(to)) put_signed(static_cast<std::int64_t>(number), to);
        else if (to == u8) out_.u8(static_cast<std::uint8_t>(number));
        else out_.varint(number);
    }
    void put_signed(std::int64_t number, layout_kind to) {
        if (to == i8) out_.u8(static_cast<std::uint8_t>(number));
        else out_.zigzag(number);
    }
    std::size_t count() {
        const std::size_t elements = in_.count();
        out_.varint(elements);
        return elements;
    }

    void fields_in_order(const step& by) {
        std::size_t next = 0, kept = 0;
        for (std::size_t i = 0; i < by.from.size(); ++i) {
            if (by.from[i] == added) {
                out_.raw(by.ours->inner[i].initial);
                continue;
            }
            for (; next < by.from[i]; ++next) skip(by.stored->inner[next], in_);
            rewrite(by.inner[kept++]);
            ++next;
        }
        for (; next < by.stored->inner.size(); ++next) skip(by.stored->inner[next], in_);
    }
    void fields_by_place(const step& by) {
        std::vector<byte_reader> begins;
        begins.reserve(by.stored->inner.size());
        for (const layout& each : by.stored->inner) {
            begins.push_back(in_);
            skip(each, in_);
        }
        const byte_reader end = in_;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < by.from.size(); ++i) {
            if (by.from[i] == added) {
                out_.raw(by.ours->inner[i].initial);
            } else {
                in_ = begins[by.from[i]];
                rewrite(by.inner[kept++]);
            }
        }
        in_ = end;
    }

    byte_reader in_;
    byte_writer out_;
};

resolution::resolution(const layout& stored, const layout& ours)
    : stored_(stored), ours_(ours), top_(planner().plan(stored_, ours_, {}, false)) {}

void resolution::rewrite(byte_span payload, std::vector<std::byte>& out) const {
    rewriter writing(payload, out);
    writing.rewrite(top_);
    if (!writing.done()) byte_reader::broken("there are bytes behind the last field");
}

}  // namespace acta
