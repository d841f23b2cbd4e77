// Which texts may become names, and how any text is shown inside an error sentence.
#include "text.hpp"

#include <cstddef>
#include <cstdint>

namespace acta::detail {

namespace {

struct code_point {
    std::uint32_t value = 0;
    std::size_t size = 0;  // 0: not UTF-8
};

code_point first_of(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
    std::uint32_t value = lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        value = (value << 6) | (byte(i) & 0x3fU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
    return {value, size};
}

bool is_control(std::uint32_t value) noexcept { return value < 0x20 || (value >= 0x7f && value < 0xa0); }

/// Moves the first character, or a byte that is none, from `text` to `out`.
void show_first(std::string& out, std::string_view& text) {
    constexpr char digits[] = "0123456789abcdef";
    const code_point next = first_of(text);
    if (next.size == 0 || is_control(next.value)) {
        const auto byte = static_cast<std::uint8_t>(text[0]);
        out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        text.remove_prefix(1);
    } else {
        out += text.substr(0, next.size);
        text.remove_prefix(next.size);
    }
}

}  // namespace

bool printable_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const code_point next = first_of(text);
        if (next.size == 0 || is_control(next.value)) return false;
        text.remove_prefix(next.size);
    }
    return true;
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) show_first(out, text);
    return out;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t shown = 60;
    std::string out = "\"";
    const std::size_t size = text.size();
    while (!text.empty() && size - text.size() < shown) show_first(out, text);
    out += text.empty() ? "\"" : "...\" (" + std::to_string(size) + " bytes)";
    return out;
}

}  // namespace acta::detail
