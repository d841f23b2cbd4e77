// The identity of one command: the same id again gets the same answer.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace acta {

/// 16 bytes (a UUID), or a text of 1 to 200 bytes such as a request id from outside. Empty when default constructed.
class command_id {
public:
    using uuid = std::array<std::byte, 16>;
    static constexpr std::size_t max_size = 200;

    command_id() = default;
    command_id(const uuid& bytes) : held_(bytes) {}
    /// Throws failure(bad_name) for a text that is empty, over 200 bytes, not UTF-8 or holds control characters.
    command_id(std::string_view text);
    command_id(const char* text) : command_id(std::string_view(text)) {}
    command_id(const std::string& text) : command_id(std::string_view(text)) {}

    /// A new UUIDv7 (RFC 9562): the time in milliseconds first, so that ids made later sort later and an index of them grows at
    /// its end. Wholly random ids land all over the index instead: at a million commands that costs 2.5x of append throughput.
    /// Thread-safe.
    static command_id make();

    bool empty() const noexcept { return held_.index() == 0; }
    const uuid* as_uuid() const noexcept { return std::get_if<uuid>(&held_); }
    const std::string* as_text() const noexcept { return std::get_if<std::string>(&held_); }
    /// The text itself, or a UUID as 8-4-4-4-12 hexadecimal digits; "" when empty.
    std::string text() const;

    friend bool operator==(const command_id&, const command_id&) = default;
    friend auto operator<=>(const command_id&, const command_id&) = default;

private:
    std::variant<std::monostate, uuid, std::string> held_;
};

/// 16 bytes as 8-4-4-4-12 hexadecimal digits.
std::string uuid_text(const command_id::uuid& bytes);

}  // namespace acta
