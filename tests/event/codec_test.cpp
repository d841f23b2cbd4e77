// Every type that a domain uses goes to bytes and comes back, however its fields are named or hidden.
#include <acta/event/codec.hpp>
#include <acta/event/json.hpp>

#include "event/every_type.hpp"

#include <cereal/archives/xml.hpp>
#include <cereal/types/base_class.hpp>
#include <cereal/types/string.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

namespace {

using bytes = std::vector<std::byte>;

template <class E>
bytes encoded(const E& event) {
    bytes out;
    acta::codec_of<E>().encode(&event, out);
    return out;
}

template <class E>
E decoded(const bytes& payload, E into = {}) {
    acta::codec_of<E>().decode(payload, &into);
    return into;
}

/// An event of one unnamed field: the shortest way to the bytes of a type.
template <class T>
struct only {
    static constexpr acta::event_type event{"codec_test.only", 1};
    T value{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(value);
    }
};

template <class T>
T there_and_back(const T& value) {
    return decoded<only<T>>(encoded(only<T>{value})).value;
}

template <class T>
std::string hex(const T& value) {
    std::string out;
    for (const std::byte byte : encoded(only<T>{value})) {
        out += "0123456789abcdef"[static_cast<unsigned>(byte) >> 4];
        out += "0123456789abcdef"[static_cast<unsigned>(byte) & 15];
    }
    return out;
}

}  // namespace

TEST_CASE("every event of every type comes back equal, into a fresh event and into a used one") {
    every_type::for_each_sample([](const auto& sample) {
        using event = std::remove_cvref_t<decltype(sample)>;
        CAPTURE(event::event.name);
        const bytes payload = encoded(sample);
        CHECK(decoded<event>(payload) == sample);
        every_type::for_each_sample([&](const auto& used) {
            if constexpr (std::is_same_v<decltype(used), decltype(sample)>) CHECK(decoded(payload, used) == sample);
        });
        CHECK(encoded(decoded<event>(payload)) == payload);
    });
}

TEST_CASE("encode appends and leaves what is there alone") {
    bytes out{std::byte{42}};
    const every_type::words sample{.text = "x"};
    acta::codec_of<every_type::words>().encode(&sample, out);
    REQUIRE(out.size() > 1);
    CHECK(out[0] == std::byte{42});
    CHECK(bytes(out.begin() + 1, out.end()) == encoded(sample));
}

TEST_CASE("the bytes are those of FORMAT.md") {
    CHECK(hex(true) == "01");
    CHECK(hex('a') == "61");
    CHECK(hex(std::int8_t{-1}) == "ff");
    CHECK(hex(std::uint8_t{255}) == "ff");
    CHECK(hex(std::int16_t{-1}) == "01");
    CHECK(hex(std::int32_t{64}) == "8001");
    CHECK(hex(std::numeric_limits<std::int64_t>::min()) == "ffffffffffffffffff01");
    CHECK(hex(std::uint32_t{300}) == "ac02");
    CHECK(hex(1.0F) == "0000803f");
    CHECK(hex(1.0) == "000000000000f03f");
    CHECK(hex(std::string("ab")) == "026162");
    CHECK(hex(std::vector<std::byte>{std::byte{7}}) == "0107");
    CHECK(hex(std::optional<bool>{}) == "00");
    CHECK(hex(std::optional<bool>{true}) == "0101");
    CHECK(hex(std::vector<bool>{true, false}) == "020100");
    CHECK(hex(std::array<std::uint16_t, 2>{1, 2}) == "0102");
    CHECK(hex(std::map<std::string, bool>{{"b", true}, {"a", false}}) == "020161000162"
                                                                         "01");
    CHECK(hex(std::variant<bool, std::string>{"x"}) == "010178");
    CHECK(hex(std::pair<bool, std::uint8_t>{true, 9}) == "0109");
    CHECK(hex(std::chrono::seconds{-1}) == "01");
    CHECK(hex(every_type::level::high) == "d804");
    CHECK(hex(every_type::account_id("x")) == "0178");
    CHECK(hex(every_type::point{1, -1}) == "0201");
}

TEST_CASE("floating point keeps its bits: infinities, negative zero, not-a-number with its payload") {
    for (const double value :
         {HUGE_VAL, -HUGE_VAL, -0.0, 5e-324, std::bit_cast<double>(0x7ff8000000001234), std::bit_cast<double>(0xfff0000000000001)})
        CHECK(std::bit_cast<std::uint64_t>(there_and_back(value)) == std::bit_cast<std::uint64_t>(value));
    for (const float value : {HUGE_VALF, -0.0F, 1e-45F, std::bit_cast<float>(0x7fc01234)})
        CHECK(std::bit_cast<std::uint32_t>(there_and_back(value)) == std::bit_cast<std::uint32_t>(value));
}

TEST_CASE("hashed containers have the same bytes whatever the order in which they were filled") {
    std::unordered_map<std::string, int> upwards, downwards;
    std::unordered_set<int> rising, falling;
    downwards.reserve(10'000);  // other buckets, and so another order of iteration
    falling.reserve(10'000);
    for (int i = 0; i < 500; ++i) upwards[std::to_string(i)] = i, rising.insert(i);
    for (int i = 499; i >= 0; --i) downwards[std::to_string(i)] = i, falling.insert(i);
    CHECK(encoded(only<std::unordered_map<std::string, int>>{upwards}) == encoded(only<std::unordered_map<std::string, int>>{downwards}));
    CHECK(encoded(only<std::unordered_set<int>>{rising}) == encoded(only<std::unordered_set<int>>{falling}));
    CHECK(hex(rising) == hex(std::set<int>(rising.begin(), rising.end())));
    CHECK(there_and_back(upwards) == upwards);
}

TEST_CASE("a hashed set that holds not-a-number many times is written without harm") {
    std::unordered_set<double> measures;
    for (int i = 0; i < 100; ++i) measures.insert(std::nan("")), measures.insert(i);
    CHECK(there_and_back(measures).size() == measures.size());
}

TEST_CASE("large containers come back") {
    std::vector<std::string> texts(10'000, "text");
    std::map<int, std::vector<std::uint64_t>> map;
    for (int i = 0; i < 1'000; ++i) map[i] = {~std::uint64_t{0}, 1};
    CHECK(there_and_back(texts) == texts);
    CHECK(there_and_back(map) == map);
    CHECK(there_and_back(std::string(1 << 20, 'x')).size() == 1 << 20);
}

namespace {

struct base {
    std::int32_t id = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id));
    }
};

struct derived : base {
    static constexpr acta::event_type event{"codec_test.derived", 1};
    std::string name{};
    std::int32_t count = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(cereal::base_class<base>(this), CEREAL_NVP(name), cereal::make_nvp("number", count));
    }
};

}  // namespace

TEST_CASE("cereal's own names and base classes are understood") {
    derived event;
    event.id = 4, event.name = "n", event.count = -1;
    const bytes payload = encoded(event);
    const auto& codec = acta::codec_of<derived>();
    CHECK(acta::payload_to_json(acta::layout::from_text(codec.layout_text), payload) == R"({"0":{"id":4},"name":"n","number":-1})");
    const derived back = decoded<derived>(payload);
    CHECK(back.id == 4);
    CHECK(back.name == "n");
    CHECK(back.count == -1);
}

TEST_CASE("acta::field is a name-value pair to cereal's archives") {
    std::ostringstream out;
    cereal::XMLOutputArchive{out}(every_type::point{1, -2});
    CHECK(out.str().find("<x>1</x>") != std::string::npos);
    CHECK(out.str().find("<y>-2</y>") != std::string::npos);
}

namespace {

struct tagging {
    static constexpr acta::event_type event{"codec_test.tagging", 3};
    std::string email{};
    std::vector<acta::tag> tags() const { return {acta::tag("email", email)}; }
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("email", email));
    }
};

}  // namespace

TEST_CASE("a codec knows its event's type, fingerprint and tags") {
    const acta::event_codec& codec = acta::codec_of<tagging>();
    CHECK(codec.type == tagging::event);
    CHECK(codec.fingerprint == acta::fingerprint_of(codec.layout_text));
    const tagging event{"ada@example.org"};
    REQUIRE(static_cast<bool>(codec.tags));
    CHECK(codec.tags(&event) == std::vector{acta::tag("email:ada@example.org")});
    CHECK_FALSE(static_cast<bool>(acta::codec_of<every_type::words>().tags));
    CHECK(&acta::codec_of<tagging>() == &codec);
}

namespace {

template <int Way>
struct branching {
    static constexpr acta::event_type event{"codec_test.branching", 1};
    bool more = false;
    std::int32_t number = 0;
    std::vector<std::int32_t> numbers{};
    std::vector<std::string> texts{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("more", more));
        if constexpr (Way == 0) {
            if (more) ar(acta::field("number", number));
        } else if constexpr (Way == 1) {
            if (more) ar(acta::field("other", number));
            else ar(acta::field("number", number));
        } else {
            if (more) ar(acta::field("list", texts));
            else ar(acta::field("list", numbers));
        }
    }
};

struct branches_inside {
    static constexpr acta::event_type event{"codec_test.branches_inside", 1};
    std::vector<branching<0>> inner{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("inner", inner));
    }
};

template <class E>
std::string refusal_of(const E& event) {
    try {
        encoded(event);
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::misuse);
        return why.what();
    }
    return "encoded";
}

}  // namespace

TEST_CASE("a branch in serialize() is refused when it writes other fields than the layout says") {
    CHECK(refusal_of(branching<0>{}) == "encoded");
    CHECK(refusal_of(branching<0>{.more = true}).find("branching<0> cannot be stored in an event: its serialize() wrote other fields") !=
          std::string::npos);
    CHECK(refusal_of(branching<1>{.more = true}).find("it must not branch") != std::string::npos);
    CHECK(refusal_of(branching<2>{.more = true}).find("it must not branch") != std::string::npos);
    CHECK(refusal_of(branches_inside{{{.more = false}, {.more = true}}}).find("branching<0>") != std::string::npos);
}

namespace {

struct throws_in_copy {
    throws_in_copy() = default;
    throws_in_copy(const throws_in_copy&) { throw 1; }
    throws_in_copy& operator=(const throws_in_copy&) = default;
    template <class Archive>
    void serialize(Archive&) {}
};

}  // namespace

TEST_CASE("a variant that lost its value is refused") {
    using choice = std::variant<std::int32_t, throws_in_copy>;
    only<choice> event;
    const throws_in_copy other;
    try {
        event.value.emplace<1>(other);
    } catch (int) {}
    REQUIRE(event.value.valueless_by_exception());
    CHECK(refusal_of(event).find("a variant holds no value") != std::string::npos);
}
