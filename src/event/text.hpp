// Which texts may become names, and how any text is shown inside an error sentence.
#pragma once

#include <string>
#include <string_view>

namespace acta::detail {

/// Valid UTF-8 (RFC 3629: shortest form, no surrogates) without control characters (C0, DEL, C1).
bool printable_utf8(std::string_view text) noexcept;

/// The whole text with whatever is not printable as `\x1b`.
std::string printable(std::string_view text);

/// The text in quotes, fit for a terminal: at most 60 bytes of it, whatever is not printable as `\x1b`.
std::string in_quotes(std::string_view text);

}  // namespace acta::detail
