// Text that may come from a hostile file, made fit for a terminal; and words that were nearly right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acta::cli {

/// The text with everything that a terminal would obey instead of show as \u00XX: control characters (C0, DEL, C1), line separators and
/// marks that change the direction of writing. Bytes that are not UTF-8 become U+FFFD. JSON stays JSON of the same value.
std::string terminal_safe(std::string_view text);

/// How many characters a text of valid UTF-8 takes, for columns.
std::size_t width_of(std::string_view text) noexcept;

/// The one of `known` that somebody most likely meant by `word`, if any is near enough.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

/// "; did you mean \"streams\"?" or nothing, to end a sentence with.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

/// 1234567 as 1,234,567.
std::string grouped(std::int64_t number);

}  // namespace acta::cli
