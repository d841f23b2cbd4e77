// What the command does to texts before it shows them.
#include "text.hpp"

#include <doctest/doctest.h>

using namespace acta::cli;

TEST_CASE("text that a terminal shows passes as it is") {
    for (const char* text : {"", "plain", "\"quoted\" \\ {}", "süß", "日本語", "🙂 \xc2\xa0 no-break space"})
        CHECK(terminal_safe(text) == text);
}

TEST_CASE("what a terminal would obey is escaped") {
    CHECK(terminal_safe("a\x1b[31mb") == "a\\u001b[31mb");
    CHECK(terminal_safe(std::string_view("\0\r\n\t", 4)) == "\\u0000\\u000d\\u000a\\u0009");
    CHECK(terminal_safe("\x7f") == "\\u007f");
    CHECK(terminal_safe("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0") == "\\u0080\\u009b\\u009f\xc2\xa0");
    CHECK(terminal_safe("\xe2\x80\xae"
                        "abc"
                        "\xe2\x81\xa9") == "\\u202eabc\\u2069");
    CHECK(terminal_safe("\xe2\x80\xa8") == "\\u2028");
}

TEST_CASE("bytes that are not UTF-8 are replaced, and hide nothing behind them") {
    CHECK(terminal_safe("a\xff"
                        "b") == "a\xef\xbf\xbd"
                                "b");
    CHECK(terminal_safe("\x9b"
                        "31m") == "\xef\xbf\xbd"
                                  "31m");                                    // C1 as one byte
    CHECK(terminal_safe("\xc0\x9b") == "\xef\xbf\xbd\xef\xbf\xbd");          // ESC in two bytes, too long
    CHECK(terminal_safe("\xed\xa0\x80").find('\xed') == std::string::npos);  // a surrogate
    CHECK(terminal_safe("\xe2\x80") == "\xef\xbf\xbd\xef\xbf\xbd");          // cut off
    CHECK(terminal_safe("\xe2\x1b[2J") == "\xef\xbf\xbd\\u001b[2J");
}

TEST_CASE("characters are counted, not bytes") {
    CHECK(width_of("") == 0);
    CHECK(width_of("abc") == 3);
    CHECK(width_of("süß") == 3);
}

TEST_CASE("the nearest word is found, and nothing when none is near") {
    const std::vector<std::string> verbs{"info", "events", "streams", "replay", "help", "dead-letters"};
    const auto is = [&](const char* word, const char* meant) { return nearest(word, verbs) == std::optional<std::string>(meant); };
    CHECK(is("evnts", "events"));
    CHECK(is("event", "events"));
    CHECK(is("ifno", "info"));
    CHECK(is("repaly", "replay"));
    CHECK(is("dead", "dead-letters"));
    CHECK(is("deadletters", "dead-letters"));
    CHECK(is("hlep", "help"));
    for (const char* word : {"", "x", "export", "verify", "bank.acta", "i"}) CHECK_FALSE(nearest(word, verbs));
    CHECK(suggestion("ifno", verbs) == "; did you mean \"info\"?");
    CHECK(suggestion("bank", verbs).empty());
}

TEST_CASE("numbers are grouped by thousands") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1'000) == "1,000");
    CHECK(grouped(561'470) == "561,470");
    CHECK(grouped(1'234'567'890) == "1,234,567,890");
    CHECK(grouped(-1'000) == "-1,000");
    CHECK(grouped(-100) == "-100");
}
