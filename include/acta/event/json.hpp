// A payload as JSON, from its stored layout alone: no code of the application is needed.
#pragma once

#include <acta/event/layout.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace acta {

/// The payload as one line of JSON. Integers are exact; bytes are base64; a time is ISO 8601 within the years 1 to 9999, else its number
/// of ticks; an enumerator is its name where the layout knows it; a map with text keys is an object, any other a list of pairs; a variant
/// is `{"index": n, "value": v}`; a float is the shortest decimal that reads back as the same, or null when it is not finite; text that is
/// not UTF-8 has the bad bytes replaced. Throws failure(damaged) when the bytes do not fit the layout.
/// With `json_loss::refused` numbers that are not finite, text that is not UTF-8 and an optional of an optional throw failure(misuse) instead.
enum class json_loss : std::uint8_t { shown, refused };
std::string payload_to_json(const layout& of, byte_span payload, json_loss loss = json_loss::shown);

/// The way back: the payload of JSON that payload_to_json made of a value of this layout. Throws failure(damaged) naming the field when
/// the text is of another shape.
std::vector<std::byte> payload_from_json(const layout& of, std::string_view json);

/// The text as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

/// A time as ISO 8601 in UTC with microseconds: 2013-05-01T12:00:00.000000Z. Outside of the years 1 to 9999 the number itself.
std::string iso8601(std::int64_t microseconds_since_1970);

}  // namespace acta
