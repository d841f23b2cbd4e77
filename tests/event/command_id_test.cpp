// Command ids: made here, or texts from outside.
#include <acta/event/command_id.hpp>
#include <acta/event/result.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace {

std::string refusal_of(std::string_view text) {
    try {
        acta::command_id{text};
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::bad_name);
        return why.what();
    }
    return "an id";
}

}  // namespace

TEST_CASE("an id is nothing, 16 bytes or a text") {
    CHECK(acta::command_id().empty());
    CHECK(acta::command_id().text().empty());
    const acta::command_id text("request-17");
    CHECK_FALSE(text.empty());
    CHECK(text.text() == "request-17");
    CHECK(text.as_uuid() == nullptr);
    REQUIRE(text.as_text() != nullptr);
    acta::command_id::uuid bytes{};
    for (int i = 0; i < 16; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::byte>(i * 17);
    const acta::command_id uuid(bytes);
    CHECK(uuid.text() == "00112233-4455-6677-8899-aabbccddeeff");
    CHECK(acta::uuid_text(bytes) == uuid.text());
    CHECK(uuid.as_text() == nullptr);
    REQUIRE(uuid.as_uuid() != nullptr);
    CHECK(*uuid.as_uuid() == bytes);
    CHECK(uuid != acta::command_id(uuid.text()));  // the same id in another form is another id
}

TEST_CASE("a text that is empty, too long or not printable is refused in a sentence") {
    CHECK(refusal_of("").find("a command id is empty") == 0);
    CHECK(refusal_of(std::string(200, 'x')) == "an id");
    CHECK(refusal_of(std::string(201, 'x')).find("is longer than 200 bytes") != std::string::npos);
    CHECK(refusal_of("a\nb").find(R"(the command id "a\x0ab" is not valid UTF-8)") == 0);
    CHECK(refusal_of("\xff").find("is not valid UTF-8") != std::string::npos);
    CHECK(refusal_of(std::string_view("a\0", 2)).find("is not valid UTF-8") != std::string::npos);
}

TEST_CASE("a made id is a UUIDv7 of this moment, and later ones sort later") {
    const auto milliseconds = [] {
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
    };
    const std::uint64_t before = milliseconds();
    std::vector<acta::command_id> ids(50'000);
    for (auto& id : ids) id = acta::command_id::make();
    const std::uint64_t after = milliseconds();
    for (const auto& id : ids) {
        REQUIRE(id.as_uuid() != nullptr);
        const auto& bytes = *id.as_uuid();
        std::uint64_t time = 0;
        for (std::size_t i = 0; i < 6; ++i) time = time << 8 | static_cast<std::uint64_t>(bytes[i]);
        if (time < before || time > after + 20) FAIL("the time of ", id.text());  // beyond 4,096 ids a millisecond the counter runs ahead
        if (id.text()[14] != '7' || std::string("89ab").find(id.text()[19]) == std::string::npos) FAIL(id.text());
    }
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}
