#include <acta/event/codec.hpp>
#include <acta/event/json.hpp>
#include <acta/event/resolution.hpp>

#include "event/every_type.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>

namespace {

using acta::layout;

/// A struct with one field, so that a test says two types and a value.
template <class T>
struct holding {
    T value{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};

template <class T>
layout layout_of() {
    return acta::detail::layout_walker().describe<T>();
}

template <class To, class From>
To resolved(const From& from) {
    std::vector<std::byte> payload, rewritten;
    acta::detail::write_payload(from, payload);
    acta::resolution(layout_of<From>(), layout_of<To>()).rewrite(payload, rewritten);
    To to{};
    acta::detail::payload_reader reader(rewritten);
    reader.read(to);
    CHECK(reader.done());
    return to;
}

/// The value of a field whose type has changed.
template <class To, class From>
To value(const From& from) {
    return resolved<holding<To>>(holding<From>{from}).value;
}

template <class To, class From>
std::string refusal() {
    try {
        acta::resolution(layout_of<From>(), layout_of<To>());
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::layout_mismatch);
        return why.what();
    }
    return "resolved";
}
template <class To, class From>
std::string field_refusal() {
    return refusal<holding<To>, holding<From>>();
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// ---- what an address was, and is

struct address {
    std::string street{};
    std::string town{};
    std::int16_t number = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("street", street), acta::field("town", town), acta::field("number", number));
    }
};
struct moved_address {
    std::optional<std::string> town{};
    std::string country = "NL";
    std::vector<std::string> notes{"none", "yet"};
    std::int64_t number = -1;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("town", town), acta::field("country", country), acta::field("number", number), acta::field("notes", notes));
    }
    friend bool operator==(const moved_address&, const moved_address&) = default;
};
struct reordered_address {
    std::int16_t number = 0;
    std::string town{};
    std::string street{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("number", number), acta::field("town", town), acta::field("street", street));
    }
};
struct house {
    moved_address at{"Paris", "FR", {}, 7};
    bool sold = true;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("at", at), acta::field("sold", sold));
    }
};
struct old_house {
    address at{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("at", at));
    }
};
struct nothing {
    template <class Archive>
    void serialize(Archive&) {}
};

struct three {
    std::string a, b, c;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(a, b, c);
    }
};
struct two_optional {
    std::optional<std::string> a;
    std::string b, added{"new"};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("added", added), a, b);
    }
};
struct two {
    std::string a, b;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(a, b);
    }
};

enum class colour : std::uint8_t { red, green };
[[maybe_unused]] constexpr auto acta_names(colour) { return std::array{std::pair{colour::red, "red"}, std::pair{colour::green, "green"}}; }
enum class more_colours : std::int32_t { red, green, blue };
[[maybe_unused]] constexpr auto acta_names(more_colours) {
    return std::array{std::pair{more_colours::blue, "blue"}, std::pair{more_colours::red, "red"}, std::pair{more_colours::green, "green"}};
}
enum class renumbered : std::uint8_t { green, red };
[[maybe_unused]] constexpr auto acta_names(renumbered) {
    return std::array{std::pair{renumbered::red, "red"}, std::pair{renumbered::green, "green"}};
}
enum class without_green : std::uint8_t { red };
[[maybe_unused]] constexpr auto acta_names(without_green) { return std::array{std::pair{without_green::red, "red"}}; }
enum class nameless : std::uint8_t { red, green };

}  // namespace

TEST_CASE("added fields keep their initialisers, removed ones are passed over, kept ones are found by name wherever they stand") {
    const moved_address now = resolved<moved_address>(address{"Spui", "Delft", 12});
    CHECK(now == moved_address{"Delft", "NL", {"none", "yet"}, 12});
    CHECK(resolved<moved_address>(nothing{}) == moved_address{});
    resolved<nothing>(address{"Spui", "Delft", 12});
    const reordered_address turned = resolved<reordered_address>(address{"Spui", "Delft", 12});
    CHECK(turned.street == "Spui");
    CHECK(turned.town == "Delft");
    CHECK(turned.number == 12);
}

TEST_CASE("inside of a structure that is kept the initialisers of its own type count, of one that is added those of the field") {
    CHECK(resolved<house>(old_house{{"Spui", "Delft", 12}}).at == moved_address{"Delft", "NL", {"none", "yet"}, 12});
    CHECK(resolved<house>(old_house{}).sold);
    CHECK(resolved<house>(nothing{}).at == moved_address{"Paris", "FR", {}, 7});
}

TEST_CASE("integers widen, whatever they hold") {
    CHECK(value<std::int64_t>(std::int8_t{-128}) == -128);
    CHECK(value<std::int16_t>(std::int8_t{-1}) == -1);
    CHECK(value<std::int64_t>(std::numeric_limits<std::int32_t>::min()) == std::numeric_limits<std::int32_t>::min());
    CHECK(value<std::int16_t>(std::uint8_t{255}) == 255);
    CHECK(value<std::int32_t>(std::uint16_t{65'535}) == 65'535);
    CHECK(value<std::int64_t>(std::numeric_limits<std::uint32_t>::max()) == std::numeric_limits<std::uint32_t>::max());
    CHECK(value<std::uint64_t>(std::uint8_t{255}) == 255);
    CHECK(value<std::uint32_t>(std::uint16_t{300}) == 300);
}

TEST_CASE("an integer that does not fit for every value is refused, with both types") {
    CHECK(field_refusal<std::int32_t, std::int64_t>() == "its field 'value' is stored as \"i64\" and is \"i32\" here");
    CHECK(field_refusal<std::uint64_t, std::int8_t>() != "resolved");
    CHECK(field_refusal<std::int64_t, std::uint64_t>() != "resolved");
    CHECK(field_refusal<std::int8_t, std::uint8_t>() != "resolved");
    CHECK(field_refusal<std::uint8_t, bool>() != "resolved");
    CHECK(field_refusal<std::int64_t, colour>() != "resolved");
    CHECK(field_refusal<double, float>() != "resolved");
    CHECK(field_refusal<std::string, std::int64_t>() == "its field 'value' is stored as \"i64\" and is \"text\" here");
}

TEST_CASE("a value becomes an optional one, and both widen inside") {
    CHECK(value<std::optional<std::string>>(std::string("there")) == "there");
    CHECK(value<std::optional<std::int64_t>>(std::int16_t{-5}) == -5);
    CHECK(value<std::optional<std::int64_t>>(std::optional<std::int16_t>{-5}) == -5);
    CHECK(value<std::optional<std::int64_t>>(std::optional<std::int16_t>{}) == std::nullopt);
    CHECK(value<std::optional<std::optional<std::string>>>(std::string("there")) == std::optional<std::optional<std::string>>{"there"});
    CHECK(field_refusal<bool, std::optional<bool>>() != "resolved");
}

TEST_CASE("the same rules hold inside of containers") {
    using old_ones = std::vector<address>;
    CHECK(value<std::vector<moved_address>>(old_ones{{"Spui", "Delft", 1}, {"Markt", "Gouda", 2}}) ==
          std::vector<moved_address>{{"Delft", "NL", {"none", "yet"}, 1}, {"Gouda", "NL", {"none", "yet"}, 2}});
    CHECK(value<std::array<std::int64_t, 2>>(std::array<std::int16_t, 2>{-1, 2}) == std::array<std::int64_t, 2>{-1, 2});
    CHECK(value<std::set<std::int64_t>>(std::set<std::int16_t>{-300, 5, 300}) == std::set<std::int64_t>{-300, 5, 300});
    using wide_map = std::map<std::uint64_t, std::optional<std::int64_t>>;
    CHECK(value<wide_map>(std::map<std::uint8_t, std::int8_t>{{1, -1}, {200, 2}}) == wide_map{{1, -1}, {200, 2}});
    using wide_tuple = std::tuple<std::int64_t, std::string>;
    CHECK(value<wide_tuple>(std::tuple<std::int16_t, std::string>{-3, "x"}) == wide_tuple{-3, "x"});
    using wide_variant = std::variant<std::string, std::int64_t, bool>;
    CHECK(value<wide_variant>(std::variant<std::string, std::int16_t>{std::int16_t{-3}}) == wide_variant{std::int64_t{-3}});
    CHECK(value<std::chrono::duration<std::uint64_t>>(std::chrono::duration<std::uint16_t>{500}).count() == 500);
}

TEST_CASE("containers of another kind or size are refused, with the way to the field") {
    CHECK(field_refusal<std::set<int>, std::vector<int>>() != "resolved");
    CHECK(field_refusal<std::array<int, 3>, std::array<int, 2>>() != "resolved");
    CHECK(field_refusal<std::tuple<int>, std::tuple<int, int>>() != "resolved");
    CHECK(field_refusal<std::variant<int>, std::variant<int, bool>>() != "resolved");
    CHECK(field_refusal<std::vector<std::byte>, std::vector<char>>() != "resolved");
    CHECK(field_refusal<std::chrono::milliseconds, std::chrono::seconds>() != "resolved");
    CHECK(says(field_refusal<std::vector<house>, std::vector<old_house>>(), "resolved"));
    CHECK(field_refusal<std::vector<old_house>, std::vector<house>>() ==
          "its field 'value[].at.town' is stored as {\"optional\":\"text\"} and is \"text\" here");
    CHECK(says(field_refusal<std::map<int, int>, std::map<int, std::string>>(), "its field 'value[]'"));
}

TEST_CASE("keys may widen, but nothing of them may go, for two of them could become one") {
    using by_address = std::map<address, int>;
    CHECK(says(field_refusal<std::map<moved_address, int>, by_address>(), "inside of a key"));
    CHECK(says(field_refusal<std::set<moved_address>, std::set<address>>(), "inside of a key"));
    CHECK(field_refusal<std::map<int, moved_address>, std::map<int, address>>() == "resolved");
}

TEST_CASE("fields without a name keep their number and order") {
    CHECK(field_refusal<every_type::pair_of_texts, every_type::pair_of_texts>() == "resolved");
    CHECK(refusal<two, three>() == "it has 3 stored fields without a name and 2 here: without names nobody can tell which is which");
    CHECK(says(field_refusal<three, two>(), "its field 'value' has 2 stored fields without a name and 3 here"));
    const auto now = resolved<two_optional>(two{"x", "y"});
    CHECK(now.a == "x");
    CHECK(now.b == "y");
    CHECK(now.added == "new");
}

TEST_CASE("enumerators may be added and their integer may widen; moved, lost or nameless ones are drift") {
    CHECK(value<more_colours>(colour::green) == more_colours::green);
    CHECK(field_refusal<renumbered, colour>() == "the enumerator 'red' of its field 'value' is stored as 0 and is 1 here");
    CHECK(field_refusal<without_green, colour>() == "the enumerator 'green' of its field 'value' is stored as 1 and is not here");
    CHECK(says(field_refusal<nameless, colour>(), "stored with names and have none here"));
    CHECK(value<colour>(nameless::green) == colour::green);
    CHECK(field_refusal<colour, more_colours>() != "resolved");
}

TEST_CASE("a layout that is the same is copied byte by byte, every type of it") {
    every_type::for_each_sample([](const auto& sample) {
        std::vector<std::byte> payload, rewritten;
        acta::detail::write_payload(sample, payload);
        const layout shape = layout_of<std::remove_cvref_t<decltype(sample)>>();
        acta::resolution(shape, shape).rewrite(payload, rewritten);
        CHECK(rewritten == payload);
    });
}

TEST_CASE("a payload that does not fit the stored layout is refused at every cut and with a byte too many") {
    std::vector<std::byte> payload, out;
    acta::detail::write_payload(address{"Spui", "Delft", 12}, payload);
    for (const acta::resolution* each : {new acta::resolution(layout_of<address>(), layout_of<moved_address>()),
                                         new acta::resolution(layout_of<address>(), layout_of<reordered_address>())}) {
        const std::unique_ptr<const acta::resolution> owned(each);
        for (std::size_t size = 0; size < payload.size(); ++size)
            CHECK_THROWS_AS(each->rewrite(std::span(payload).first(size), out), acta::failure);
        auto longer = payload;
        longer.push_back(std::byte{0});
        CHECK_THROWS_AS(each->rewrite(longer, out), acta::failure);
        CHECK_NOTHROW(each->rewrite(payload, out));
    }
}
