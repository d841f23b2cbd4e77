// Names a field inside serialize() without pulling cereal into a domain's headers.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace acta {

/// A field and the name it is stored under; what `field` makes. Borrowed: lives for one archive call.
template <class T>
struct named_field {
    std::string_view name;
    T& value;
};

/// `ar(acta::field("cents", cents))`: like cereal's make_nvp, but light. `name` is a string literal; it becomes part of the
/// event's layout, so that renaming the C++ member changes nothing that is stored.
template <std::size_t N, class T>
constexpr named_field<T> field(const char (&name)[N], T& value) {
    static_assert(N > 1, "a field's name is not empty");
    return {std::string_view{name, N - 1}, value};
}

}  // namespace acta
