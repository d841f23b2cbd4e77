// The rules of a stream's name, and what metadata keeps.
#include <acta/event/envelope.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace {

using items = std::vector<std::pair<std::string, std::string>>;

template <class... Text>
std::string refusal_of(Text... text) {
    try {
        acta::stream_name{std::string_view(text)...};
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::bad_name);
        return why.what();
    }
    return "a name";
}

bool says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

acta::command_id::uuid uuid_of(int first) {
    acta::command_id::uuid bytes{};
    bytes[0] = static_cast<std::byte>(first);
    return bytes;
}
const std::string uuid_one = "01000000-0000-0000-0000-000000000000";
const std::string uuid_two = "02000000-0000-0000-0000-000000000000";

acta::metadata stored(const std::string& bytes) {
    acta::metadata out;
    out.assign_checked(acta::bytes_of(bytes), {});
    return out;
}

std::string damage_of(const std::string& bytes) {
    try {
        acta::metadata::check(acta::bytes_of(bytes));
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::damaged);
        return why.what();
    }
    return "sound";
}

}  // namespace

TEST_CASE("a stream's name is a category and an id, split at the first hyphen") {
    const acta::stream_name name("account-ada-lovelace");
    CHECK(name.category() == "account");
    CHECK(name.id() == "ada-lovelace");
    CHECK(acta::stream_name("account", "ada-lovelace") == name);
    CHECK(acta::stream_name(acta::category("account"), "ada-lovelace") == name);
    CHECK(acta::stream_name("a-b") < acta::stream_name("a-c"));
    acta::stream_name reused("x-y");
    reused.assign_checked("account-ada-lovelace");
    CHECK(reused == name);
    CHECK(reused.id() == "ada-lovelace");
}

TEST_CASE("a default constructed name is empty and asks for nothing") {
    const acta::stream_name none;
    CHECK(none.text().empty());
    CHECK(none.category().empty());
    CHECK(none.id().empty());
}

TEST_CASE("a stream's name that breaks a rule is refused in a sentence that shows it") {
    CHECK(says(refusal_of(""), "the stream name \"\" is empty: a stream is named category-id"));
    CHECK(says(refusal_of("account"), "has no hyphen"));
    CHECK(says(refusal_of("-ada"), "has an empty category"));
    CHECK(says(refusal_of("account-"), "has an empty id"));
    CHECK(says(refusal_of("", ""), "has an empty category"));
    CHECK(says(refusal_of("account", ""), "has an empty id"));
    CHECK(says(refusal_of("my-account", "ada"), "the category \"my-account\" holds a hyphen"));
    CHECK(refusal_of("a-" + std::string(253, 'x')) == "a name");
    CHECK(says(refusal_of("a-" + std::string(254, 'x')), "is longer than 255 bytes"));
    CHECK(says(refusal_of("a-" + std::string(10'000, 'x')), "(10002 bytes) is longer than 255 bytes"));
    CHECK(says(refusal_of(std::string("a-b\0c", 5)), "the stream name \"a-b\\x00c\" is not valid UTF-8 without control characters"));
    CHECK(says(refusal_of("a-\n"), "is not valid UTF-8"));
    CHECK(says(refusal_of("a-\xff"), "is not valid UTF-8"));
    CHECK(says(refusal_of("a-\xc2\x85"), "is not valid UTF-8"));
    CHECK(refusal_of("a-\xc3\xa9 with spaces") == "a name");
}

TEST_CASE("metadata answers what it was given, and nothing of what it was not") {
    acta::metadata none;
    CHECK(none.empty());
    CHECK_FALSE(none.actor());
    CHECK_FALSE(none.correlation());
    CHECK_FALSE(none.causation());
    CHECK_FALSE(none.traceparent());
    CHECK_FALSE(none.occurred_at());
    CHECK_FALSE(none.find("reason"));
    CHECK(none.items().empty());

    acta::metadata all;
    const acta::timestamp when(std::chrono::microseconds(-1));
    all.with_actor("teller-7")
        .with_correlation("c-1")
        .with_causation("c-2")
        .with_traceparent("00-ab-cd-01")
        .with_occurred_at(when)
        .with("reason", "fee");
    CHECK(all.actor() == "teller-7");
    CHECK(all.correlation() == "c-1");
    CHECK(all.causation() == "c-2");
    CHECK(all.traceparent() == "00-ab-cd-01");
    CHECK(all.occurred_at() == when);
    CHECK(all.find("reason") == "fee");
}

TEST_CASE("items are all keys in stored order, later values in place of earlier ones") {
    acta::metadata about;
    about.with("reason", "fee").with_actor("one").with_correlation(uuid_of(1)).with_occurred_at(acta::timestamp{}).with_actor("two");
    CHECK(about.actor() == "two");
    CHECK(about.items() ==
          items{{"reason", "fee"}, {"actor", "two"}, {"correlation", uuid_one}, {"occurred_at", "1970-01-01T00:00:00.000000Z"}});
}

TEST_CASE("an id that is correlation and causation is stored once") {
    acta::metadata one, two;
    one.with_correlation(uuid_of(1)).with_causation(uuid_of(1));
    two.with_correlation(uuid_of(1)).with_causation(uuid_of(2));
    CHECK(one.bytes().size() == 18);
    CHECK(two.bytes().size() == 36);
    CHECK(one.correlation() == uuid_one);
    CHECK(one.causation() == uuid_one);
    CHECK(two.correlation() == uuid_one);
    CHECK(two.causation() == uuid_two);
    CHECK(one.items() == items{{"correlation", uuid_one}, {"causation", uuid_one}});
    one.with_correlation(uuid_of(2));
    CHECK(one.correlation() == uuid_two);
    CHECK(one.causation() == uuid_one);
}

TEST_CASE("a text that ends in what looks like a correlation is left alone") {
    const auto uuid = uuid_of(1);
    const std::string looks_like = "teller\x06\x10" + std::string(acta::text_of(uuid));
    acta::metadata about;
    about.with_actor(looks_like).with_causation(uuid);
    CHECK(about.actor() == looks_like);
    CHECK(about.causation() == uuid_one);
    CHECK_FALSE(about.correlation());
    about.with_causation(uuid);
    CHECK_FALSE(about.correlation());
}

TEST_CASE("an empty id adds nothing") {
    acta::metadata about;
    about.with_correlation({}).with_causation({});
    CHECK(about.empty());
}

TEST_CASE("own keys are 1 to 200 printable bytes and none of acta's") {
    const auto refused = [](std::string_view key) {
        acta::metadata about;
        try {
            about.with(key, "value");
        } catch (const acta::failure& why) {
            CHECK(why.code() == acta::errc::bad_name);
            CHECK(about.empty());
            return true;
        }
        return false;
    };
    for (const char* key : {"", "actor", "correlation", "causation", "traceparent", "occurred_at", "a\n", "\xff"}) CHECK(refused(key));
    CHECK(refused(std::string(201, 'k')));
    CHECK_FALSE(refused(std::string(200, 'k')));
    CHECK_FALSE(refused("Actor"));
}

TEST_CASE("values are any bytes, of any length") {
    const std::string value("\0\xff\n", 3);
    const std::string long_value(100'000, 'v');
    acta::metadata about;
    about.with("odd", value).with("long", long_value).with("none", "").with_actor(value);
    CHECK(about.find("odd") == value);
    CHECK(about.find("long") == long_value);
    CHECK(about.find("none") == "");
    CHECK(about.actor() == value);
}

TEST_CASE("an event's own metadata wins over what its append shares") {
    acta::metadata shared, own, about;
    shared.with_actor("batch").with("reason", "run").with_correlation("c-1");
    own.with_actor("ada").with("reason", "fee");
    about.assign_checked(shared.bytes(), own.bytes());
    CHECK(about.actor() == "ada");
    CHECK(about.find("reason") == "fee");
    CHECK(about.correlation() == "c-1");
    CHECK(about == acta::metadata(shared).with(own));
    about.assign_checked({}, {});
    CHECK(about.empty());
}

TEST_CASE("the stored bytes are those of FORMAT.md") {
    const auto bytes = [](const acta::metadata& of) { return std::string(acta::text_of(of.bytes())); };
    using namespace std::string_literals;
    CHECK(bytes(acta::metadata().with_actor("ab")) == "\x01\x02"
                                                      "ab"s);
    CHECK(bytes(acta::metadata().with_correlation("c")) == "\x02\x01"
                                                           "c"s);
    CHECK(bytes(acta::metadata().with_causation("c")) == "\x03\x01"
                                                         "c"s);
    CHECK(bytes(acta::metadata().with_traceparent("t")) == "\x04\x01t"s);
    CHECK(bytes(acta::metadata().with_occurred_at(acta::timestamp(std::chrono::microseconds(258)))) == "\x05\x08\x02\x01\0\0\0\0\0\0"s);
    CHECK(bytes(acta::metadata().with_correlation(uuid_of(1))) == "\x06\x10\x01"s + std::string(15, '\0'));
    CHECK(bytes(acta::metadata().with_causation(uuid_of(1))) == "\x07\x10\x01"s + std::string(15, '\0'));
    CHECK(bytes(acta::metadata().with_correlation(uuid_of(1)).with_causation(uuid_of(1))) == "\x08\x10\x01"s + std::string(15, '\0'));
    CHECK(bytes(acta::metadata().with("k", "v")) == "\x09\x03\x01kv"s);
}

TEST_CASE("stored bytes of a later acta are passed over, malformed ones are damage") {
    using namespace std::string_literals;
    const acta::metadata later = stored("\x63\x03xyz\x01\x01"
                                        "a"s);
    CHECK(later.actor() == "a");
    CHECK(later.items() == items{{"actor", "a"}});
    CHECK(damage_of("\x63\0"s) == "sound");
    CHECK(damage_of("\x01"s) == "the bytes end too early");
    CHECK(damage_of("\x01\x02x"s) == "the bytes end too early");
    CHECK(damage_of("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s) == "the bytes end too early");
    CHECK(damage_of("\x05\x07"
                    "1234567"s) == "a time in the metadata is not 8 bytes long");
    CHECK(damage_of("\x06\x0f"
                    "123456789012345"s) == "an id in the metadata is not 16 bytes long");
    CHECK(damage_of("\x08\x11"
                    "12345678901234567"s) == "an id in the metadata is not 16 bytes long");
    CHECK(damage_of("\x09\0"s) == "the bytes end too early");
    CHECK(damage_of("\x09\x02\x05k"s) == "the bytes end too early");
}

TEST_CASE("any byte of stored metadata changed to any other is damage or can be read") {
    acta::metadata about;
    about.with_actor("ada").with_correlation(uuid_of(1)).with_causation("c").with_occurred_at(acta::timestamp{}).with("key", "value");
    std::string bytes(acta::text_of(about.bytes()));
    for (char& c : bytes) {
        const char right = c;
        for (int other = 1; other < 256; ++other) {
            c = static_cast<char>(right ^ other);
            if (damage_of(bytes) != "sound") continue;
            const acta::metadata read = stored(bytes);
            CHECK(read.items().size() < 10);
            CHECK(read.occurred_at().has_value() <= true);
        }
        c = right;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) damage_of(bytes.substr(0, size));
    CHECK(stored(bytes) == about);
}
