// Which texts may become names, and how any text is shown in a sentence.
#include "event/text.hpp"

#include <doctest/doctest.h>

#include <string>

using acta::detail::in_quotes;
using acta::detail::printable_utf8;

namespace {

std::string utf8(std::uint32_t c) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | c >> 6), byte(0x80 | (c & 63))};
    if (c < 0x10000) return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))};
    return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 63)), byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))};
}

}  // namespace

TEST_CASE("every character but controls and surrogates is printable") {
    for (std::uint32_t c = 0; c < 0x110000; ++c) {
        const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0), surrogate = c >= 0xd800 && c < 0xe000;
        if (printable_utf8(utf8(c)) == (control || surrogate)) FAIL("U+", c);
    }
    CHECK(printable_utf8(""));
    CHECK(printable_utf8("plain"));
    CHECK_FALSE(printable_utf8("a line\n"));
    CHECK_FALSE(printable_utf8("\x1b[0m"));
}

TEST_CASE("bytes that are not UTF-8 in its shortest form are not printable") {
    for (const char* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                             "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x99", "\xc3(", "\xe2(\xa1", "a\xc3"})
        CHECK_FALSE(printable_utf8(text));
}

TEST_CASE("a text is quoted with what is not printable as hexadecimal") {
    CHECK(in_quotes("plain") == "\"plain\"");
    CHECK(in_quotes("") == "\"\"");
    CHECK(in_quotes("\x1b[31m\n") == R"("\x1b[31m\x0a")");
    CHECK(in_quotes(std::string_view("a\0b", 3)) == R"("a\x00b")");
    CHECK(in_quotes("\xff\xc3\xa9") == "\"\\xff\xc3\xa9\"");
    CHECK(in_quotes("\xe2\x82") == R"("\xe2\x82")");
}

TEST_CASE("a long text is cut behind 60 bytes and never within a character") {
    CHECK(in_quotes(std::string(60, 'x')) == '"' + std::string(60, 'x') + '"');
    CHECK(in_quotes(std::string(10'000, 'x')) == '"' + std::string(60, 'x') + "...\" (10000 bytes)");
    CHECK(in_quotes(std::string(59, 'x') + "\xc3\xa9\xc3\xa9") == '"' + std::string(59, 'x') + "\xc3\xa9...\" (63 bytes)");
}
