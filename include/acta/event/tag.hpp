// A tag: `key:value` on an event, by which conditions and queries find it across streams.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace acta {

/// `key:value`, at most 200 bytes of valid UTF-8 without control characters; the key is not empty and ends at the first `:`.
class tag {
public:
    static constexpr std::size_t max_size = 200;

    /// Throws failure(bad_name) with a sentence when the rules above are broken.
    tag(std::string_view key, std::string_view value);
    explicit tag(std::string_view text);

    const std::string& text() const noexcept { return text_; }
    std::string_view key() const noexcept { return std::string_view(text_).substr(0, text_.find(':')); }
    std::string_view value() const noexcept { return std::string_view(text_).substr(text_.find(':') + 1); }

    friend bool operator==(const tag&, const tag&) = default;
    friend auto operator<=>(const tag&, const tag&) = default;

private:
    std::string text_;
};

}  // namespace acta
