// JSON that was read, as a tree that goes without asking for memory: nlohmann's own asks, and where there is none it ends the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace acta::detail {

struct json_value {
    using list = std::vector<json_value>;
    using object = std::vector<std::pair<std::string, json_value>>;  ///< in the order of the text

    /// An integer is unsigned unless it has a minus.
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, list, object> is{};

    template <class T>
    const T* as() const noexcept {
        return std::get_if<T>(&is);
    }
    /// The last member of that name; null where there is none, or where this is no object.
    const json_value* find(std::string_view name) const noexcept;

    /// Nothing when the text is not JSON. What is nested deeper than any layout, or value of one, is left out.
    static std::optional<json_value> from_text(std::string_view text);
};

}  // namespace acta::detail
