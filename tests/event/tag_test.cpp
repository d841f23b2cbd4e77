// The rules of a tag.
#include <acta/event/result.hpp>
#include <acta/event/tag.hpp>

#include <doctest/doctest.h>

namespace {

template <class... Text>
std::string refusal_of(Text... text) {
    try {
        acta::tag{std::string_view(text)...};
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::bad_name);
        return why.what();
    }
    return "a tag";
}

bool says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a tag is a key and a value, split at the first colon") {
    const acta::tag one("email", "ada@example.org");
    CHECK(one.text() == "email:ada@example.org");
    CHECK(one.key() == "email");
    CHECK(one.value() == "ada@example.org");
    const acta::tag two("time:12:30");
    CHECK(two.key() == "time");
    CHECK(two.value() == "12:30");
    CHECK(acta::tag("k:").value().empty());
    CHECK(acta::tag("k", "v") == acta::tag("k:v"));
    CHECK(acta::tag("k", "a") < acta::tag("k", "b"));
}

TEST_CASE("a tag without a key, without a colon, too long or not printable is refused in a sentence") {
    CHECK(says(refusal_of(""), "has no colon"));
    CHECK(says(refusal_of("email"), "the tag \"email\" has no colon: write it as key:value"));
    CHECK(says(refusal_of(":value"), "has an empty key"));
    CHECK(says(refusal_of("", "value"), "has an empty key"));
    CHECK(says(refusal_of("a:b", "value"), "holds a colon"));
    CHECK(refusal_of("k:" + std::string(198, 'x')) == "a tag");
    CHECK(says(refusal_of("k:" + std::string(199, 'x')), "is longer than 200 bytes"));
    CHECK(says(refusal_of("k:\x1b[31m"), "the tag \"k:\\x1b[31m\" is not valid UTF-8 without control characters"));
    CHECK(says(refusal_of("k:\xff"), "is not valid UTF-8"));
    CHECK(says(refusal_of(std::string("k:\0", 3)), "is not valid UTF-8"));
    CHECK(refusal_of("k:\xc3\xa9") == "a tag");
}
