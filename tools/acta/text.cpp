// Text that may come from a hostile file, made fit for a terminal; and words that were nearly right.
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace acta::cli {

namespace {

struct code_point {
    std::uint32_t value = 0;
    std::size_t size = 0;  // 0: not UTF-8 (RFC 3629)
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

bool is_obeyed(std::uint32_t value) noexcept {
    const auto within = [value](std::uint32_t first, std::uint32_t last) { return value >= first && value <= last; };
    return value < 0x20 || within(0x7f, 0x9f) || value == 0x061c || within(0x200e, 0x200f) || within(0x2028, 0x202e) ||
           within(0x2066, 0x2069);
}

bool is_plain_ascii(char c) noexcept { return c >= 0x20 && c < 0x7f; }

/// Levenshtein's distance: the fewest letters to put in, take out or replace; a swap of two neighbours counts as one, too.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            now[k] = std::min({last[k] + 1, now[k - 1] + 1, last[k - 1] + (a[i - 1] == b[k - 1] ? 0U : 1U)});
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) now[k] = std::min(now[k], before[k - 2] + 1);
        }
        before.swap(last), last.swap(now);
    }
    return last[b.size()];
}

}  // namespace

std::string terminal_safe(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto plain = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain_ascii) - text.begin());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const code_point next = first_of(text);
        if (next.size == 0) out += "\ufffd";
        else if (is_obeyed(next.value)) out += fmt::format("\\u{:04x}", next.value);
        else out += text.substr(0, next.size);
        text.remove_prefix(std::max<std::size_t>(next.size, 1));
    }
    return out;
}

std::size_t width_of(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
    std::optional<std::string> best;
    std::size_t best_distance = 1 + std::min<std::size_t>(3, std::max<std::size_t>(1, word.size() / 3));
    for (const std::string& one : known) {
        const bool begun = word.size() >= 2 && one.starts_with(word);
        const std::size_t far = begun ? 0 : distance(word, one);
        if (far >= best_distance) continue;
        best = one;
        best_distance = far;
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const auto found = nearest(word, known);
    return found ? "; did you mean \"" + *found + "\"?" : std::string();
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

}  // namespace acta::cli
