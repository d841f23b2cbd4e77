// The rules of a tag.
#include <acta/event/result.hpp>
#include <acta/event/tag.hpp>

#include "text.hpp"

namespace acta {

namespace {

void check_tag(std::string_view text) {
    const auto refuse = [&](const char* why) {
        throw failure(errc::bad_name, "the tag " + detail::in_quotes(text) + " " + why + ": write it as key:value");
    };
    if (text.find(':') == 0) refuse("has an empty key");
    if (text.find(':') == std::string_view::npos) refuse("has no colon");
    if (text.size() > tag::max_size) refuse("is longer than 200 bytes");
    if (!detail::printable_utf8(text)) refuse("is not valid UTF-8 without control characters");
}

}  // namespace

tag::tag(std::string_view key, std::string_view value) {
    if (key.find(':') != std::string_view::npos)
        throw failure(errc::bad_name,
                      "the tag key " + detail::in_quotes(key) + " holds a colon: a key ends at the first colon, choose another one");
    text_.reserve(key.size() + 1 + value.size());
    text_.append(key).append(":").append(value);
    check_tag(text_);
}

tag::tag(std::string_view text) : text_(text) { check_tag(text_); }

}  // namespace acta
