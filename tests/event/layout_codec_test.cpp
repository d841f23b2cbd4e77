// The layout that is derived from serialize(): its text, its fingerprint, and the types that have none.
#include <acta/event/codec.hpp>

#include "event/every_type.hpp"

#include <doctest/doctest.h>

namespace {

template <class T>
std::string text_of_type() {
    return acta::detail::layout_walker().describe<T>().to_text();
}

template <class E>
std::string refusal_of() {
    try {
        acta::codec_of<E>();
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::misuse);
        return why.what();
    }
    return "made";
}

bool says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("each type has the layout of FORMAT.md") {
    using namespace std::chrono;
    CHECK(text_of_type<bool>() == R"("bool")");
    CHECK(text_of_type<char>() == R"("u8")");
    CHECK(text_of_type<signed char>() == R"("i8")");
    CHECK(text_of_type<std::byte>() == R"("u8")");
    CHECK(text_of_type<short>() == R"("i16")");
    CHECK(text_of_type<unsigned>() == R"("u32")");
    CHECK(text_of_type<long>() == text_of_type<long long>());
    CHECK(text_of_type<std::size_t>() == R"("u64")");
    CHECK(text_of_type<float>() == R"("f32")");
    CHECK(text_of_type<double>() == R"("f64")");
    CHECK(text_of_type<std::string>() == R"("text")");
    CHECK(text_of_type<std::vector<std::byte>>() == R"("bytes")");
    CHECK(text_of_type<std::vector<unsigned char>>() == R"("bytes")");
    CHECK(text_of_type<std::vector<char>>() == R"({"list":"u8"})");
    CHECK(text_of_type<std::vector<bool>>() == R"({"list":"bool"})");
    CHECK(text_of_type<std::optional<int>>() == R"({"optional":"i32"})");
    CHECK(text_of_type<std::array<std::string, 3>>() == R"({"array":"text","size":3})");
    CHECK(text_of_type<std::set<int>>() == R"({"set":"i32"})");
    CHECK(text_of_type<std::unordered_set<int>>() == R"({"set":"i32"})");
    CHECK(text_of_type<std::map<int, bool>>() == R"({"map":"i32","to":"bool"})");
    CHECK(text_of_type<std::unordered_map<int, bool>>() == R"({"map":"i32","to":"bool"})");
    CHECK(text_of_type<std::pair<int, bool>>() == R"({"tuple":["i32","bool"]})");
    CHECK(text_of_type<std::tuple<int, bool, float>>() == R"({"tuple":["i32","bool","f32"]})");
    CHECK(text_of_type<std::variant<std::monostate, int>>() == R"({"variant":[{"struct":[]},"i32"]})");
    CHECK(text_of_type<every_type::colour>() == R"({"enum":"u8","names":[[0,"red"],[1,"green"],[2,"blue"]]})");
    CHECK(text_of_type<every_type::level>() == R"({"enum":"i16"})");
    CHECK(text_of_type<milliseconds>() == R"({"duration":"i64","tick":[1,1000]})");
    CHECK(text_of_type<duration<double>>() == R"({"duration":"f64","tick":[1,1]})");
    CHECK(text_of_type<duration<unsigned, std::ratio<2, 2000>>>() == R"({"duration":"u32","tick":[1,1000]})");
    CHECK(text_of_type<sys_time<microseconds>>() == R"({"time":"i64","tick":[1,1000000]})");
    CHECK(text_of_type<sys_days>() == R"({"time":"i64","tick":[86400,1]})");
    CHECK(text_of_type<every_type::point>() == R"({"struct":[{"name":"x","type":"i32"},{"name":"y","type":"i32"}]})");
    CHECK(text_of_type<every_type::pair_of_texts>() == R"({"struct":[{"type":"text"},{"type":"text"}]})");
}

TEST_CASE("strong types and types with save_minimal have the layout of what is inside") {
    CHECK(text_of_type<every_type::account_id>() == R"("text")");
    CHECK(text_of_type<every_type::cents>() == R"("i64")");
    CHECK(text_of_type<acta::strong<struct outer, acta::strong<struct inner, bool>>>() == R"("bool")");
    CHECK(text_of_type<every_type::iban>() == R"("text")");
    CHECK(text_of_type<every_type::percent>() == R"("i32")");
    CHECK(text_of_type<std::map<every_type::iban, every_type::cents>>() == R"({"map":"text","to":"i64"})");
}

TEST_CASE("durations have one layout whatever integer the standard library counts them in") {
    using narrow = std::chrono::duration<std::int32_t, std::ratio<86400>>;  // libc++'s days
    CHECK(text_of_type<narrow>() == text_of_type<std::chrono::days>());
    CHECK(text_of_type<std::chrono::duration<std::int8_t>>() == R"({"duration":"i8","tick":[1,1]})");
}

// These stand in every store that holds such events: a change here makes old stores unreadable to new programs.
TEST_CASE("fingerprints are the file format and never change") {
    CHECK(acta::codec_of<every_type::numbers>().fingerprint == 0xb1bdfa9e75670600);
    CHECK(acta::codec_of<every_type::words>().fingerprint == 0x6d05fd47c4b4cc8b);
    CHECK(acta::codec_of<every_type::lists>().fingerprint == 0xc9b57d5f5c9e8810);
    CHECK(acta::codec_of<every_type::collections>().fingerprint == 0xeabb3fa3de06a9ee);
    CHECK(acta::codec_of<every_type::times>().fingerprint == 0xac797fdf20da3c20);
    CHECK(acta::codec_of<every_type::shapes>().fingerprint == 0x0ecc68e67d3a5618);
    CHECK(acta::codec_of<every_type::nothing_more>().fingerprint == 0x7e52f7534b5bb4ef);
}

namespace {

struct tree {
    static constexpr acta::event_type event{"layout_codec_test.tree", 1};
    std::vector<tree> branches{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("branches", branches));
    }
};

struct forest {
    static constexpr acta::event_type event{"layout_codec_test.forest", 1};
    std::map<std::string, std::optional<tree>> trees{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("trees", trees));
    }
};

struct hollow {
    friend bool operator<(const hollow&, const hollow&) { return false; }
};

template <class T>
struct holds {
    static constexpr acta::event_type event{"layout_codec_test.holds", 1};
    T value{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};

template <int Depth>
struct nested {
    using type = std::optional<typename nested<Depth - 1>::type>;
};
template <>
struct nested<0> {
    using type = std::int32_t;
};

template <int Depth>
struct boxes {
    static constexpr acta::event_type event{"layout_codec_test.boxes", 1};
    std::vector<boxes<Depth - 1>> inner{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("inner", inner));
    }
};
template <>
struct boxes<0> {
    bool full = false;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("full", full));
    }
};

struct twins {
    static constexpr acta::event_type event{"layout_codec_test.twins", 1};
    std::int32_t one = 0;
    std::int32_t two = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("same", one), acta::field("same", two));
    }
};

struct garbled {
    static constexpr acta::event_type event{"layout_codec_test.garbled", 1};
    std::int32_t one = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("caf\xe9", one));
    }
};

}  // namespace

TEST_CASE("a type that contains itself is refused, by name") {
    CHECK(says(refusal_of<tree>(), "tree cannot be stored in an event: it contains itself"));
    CHECK(says(refusal_of<forest>(), "tree cannot be stored in an event: it contains itself"));
}

TEST_CASE("a container of elements without fields is refused: a count of them could not be checked") {
    CHECK(says(refusal_of<holds<std::vector<hollow>>>(), "its elements have no fields"));
    CHECK(says(refusal_of<holds<std::array<hollow, 3>>>(), "its elements have no fields"));
    CHECK(says(refusal_of<holds<std::set<hollow>>>(), "its elements have no fields"));
    CHECK(says(refusal_of<holds<std::map<hollow, int>>>(), "its elements have no fields"));
    CHECK(says(refusal_of<holds<std::vector<std::tuple<hollow, hollow>>>>(), "its elements have no fields"));
    CHECK(says(refusal_of<holds<std::vector<std::array<int, 0>>>>(), "its elements have no fields"));
    CHECK(refusal_of<holds<std::map<int, hollow>>>() == "made");
    CHECK(refusal_of<holds<std::optional<hollow>>>() == "made");
    CHECK(refusal_of<holds<hollow>>() == "made");
}

TEST_CASE("what is made can be read again: types nest at most 32 deep, by structs or by anything else") {
    CHECK(refusal_of<holds<nested<30>::type>>() == "made");
    CHECK(says(refusal_of<holds<nested<31>::type>>(), "holds<"));
    CHECK(says(refusal_of<holds<nested<31>::type>>(), "it is nested more than 32 types deep"));
    CHECK(refusal_of<boxes<14>>() == "made");
    CHECK(says(refusal_of<boxes<16>>(), "it is nested more than 32 types deep"));
}

TEST_CASE("two fields of one name are refused, and so is a name that is not UTF-8") {
    CHECK(says(refusal_of<twins>(), "twins cannot be stored in an event"));
    CHECK(says(refusal_of<twins>(), "two fields of a structure are named \"same\""));
    CHECK(says(refusal_of<garbled>(), "garbled cannot be stored in an event"));
    CHECK(says(refusal_of<garbled>(), "not UTF-8"));
}

TEST_CASE("every type's layout reads back equal and tells how few bytes a value takes") {
    every_type::for_each_sample([](const auto& sample) {
        using event = std::remove_cvref_t<decltype(sample)>;
        const acta::event_codec& codec = acta::codec_of<event>();
        const acta::layout walked = acta::detail::layout_walker().describe<event>();
        CHECK(walked == acta::layout::from_text(codec.layout_text));
        std::vector<std::byte> payload;
        codec.encode(&sample, payload);
        CHECK(acta::min_size(walked) <= payload.size());
    });
}
