// Payloads that were written with other fields than a program has, rewritten by the names of their fields.
#pragma once

#include <acta/event/bytes.hpp>
#include <acta/event/layout.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace acta {

/// The way from a stored layout to a program's layout of the same name and revision. Added fields get their initial value, removed ones
/// are passed over, moved ones are found by name; integers widen; a value becomes an optional one; enumerators and a variant's
/// alternatives may be added at the end; the same inside of structures and containers. Whether it works depends on the layouts alone,
/// never on a payload. Thread rule: const functions from any thread.
class resolution {
public:
    /// `ours` has the initial values of fields, as codecs have it. Throws failure(layout_mismatch) with half a sentence that names the field
    /// and both types.
    resolution(const layout& stored, const layout& ours);
    resolution(const resolution&) = delete;
    resolution& operator=(const resolution&) = delete;

    /// Appends the payload as the program's layout has it. Throws failure(damaged) where its bytes do not fit the stored layout.
    void rewrite(byte_span payload, std::vector<std::byte>& out) const;

private:
    enum class change : std::uint8_t {
        unchanged,
        widened,
        made_optional,
        inside_optional,
        inside_elements,
        inside_array,
        inside_map,
        inside_all,
        inside_variant,
        fields
    };
    static constexpr std::size_t added = static_cast<std::size_t>(-1);
    /// How one value becomes another; borrows from the two layouts.
    struct step {
        change what = change::unchanged;
        const layout* stored = nullptr;
        const layout* ours = nullptr;
        std::vector<step> inner{};        ///< of fields: one for each of ours that is stored
        std::vector<std::size_t> from{};  ///< of fields: for each of ours its place among the stored ones, or `added`
        bool in_order = true;             ///< of fields: those places rise
    };
    class planner;
    class rewriter;

    layout stored_;
    layout ours_;
    step top_;
};

}  // namespace acta
