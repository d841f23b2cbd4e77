#include <acta/read/column.hpp>

#include "support_memory.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <memory>

namespace {

enum class plain : std::uint8_t { low, high = 200 };
enum class colour { red, green };
std::array<std::pair<colour, std::string_view>, 2> acta_names(colour) { return {{{colour::red, "red"}, {colour::green, "green"}}}; }

/// Has its text only while it is asked.
struct code {
    int number = 0;
    template <class Archive>
    std::string save_minimal(const Archive&) const {
        return "code-" + std::to_string(number);
    }
    template <class Archive>
    void load_minimal(const Archive&, const std::string& text) {
        number = std::stoi(text.substr(5));
    }
    friend bool operator==(const code&, const code&) = default;
};

using namespace acta::detail::rows;
using account_id = acta::strong<struct account_id_tag, std::string>;
using days = std::chrono::duration<std::int32_t, std::ratio<86'400>>;

template <class T>
T there_and_back(const T& value) {
    kept_texts kept;
    const acta_value sql = to_value(value, "x", kept);
    CHECK((sql.type == column_type<T>() || sql.type == ACTA_NULL));
    T back{};
    from_value(sql, back, "x");
    return back;
}

template <class T>
void survives(const T& value) {
    CHECK(there_and_back(value) == value);
}

}  // namespace

TEST_CASE("every type that may be a column comes back as it was") {
    survives(true);
    survives(false);
    survives(std::numeric_limits<std::int8_t>::min());
    survives(std::numeric_limits<std::uint8_t>::max());
    survives(std::numeric_limits<std::int16_t>::min());
    survives(std::numeric_limits<std::uint32_t>::max());
    survives(std::numeric_limits<std::int64_t>::min());
    survives(std::numeric_limits<std::int64_t>::max());
    survives(std::uint64_t{9223372036854775807U});
    survives('c');
    survives(1.5F);
    survives(-0.1);
    survives(std::numeric_limits<double>::infinity());
    survives(std::string("Grüße\0und mehr", 15));
    survives(std::string());
    survives(std::vector<std::byte>{std::byte{0}, std::byte{255}});
    survives(std::vector<unsigned char>{});
    survives(plain::high);
    survives(colour::green);
    survives(account_id("ada"));
    survives(code{42});
    survives(std::chrono::milliseconds(-7));
    survives(std::chrono::duration<double>(0.25));
    survives(acta::timestamp(std::chrono::microseconds(1'234'567)));
    survives(std::chrono::sys_days(days(19'000)));
    survives(std::optional<std::string>("text"));
    survives(std::optional<std::string>());
    survives(std::optional<colour>(colour::red));
    survives(std::optional<account_id>());
}

TEST_CASE("columns have the SQL type that plain SQL would expect") {
    CHECK(column_type<bool>() == ACTA_INTEGER);
    CHECK(column_type<plain>() == ACTA_INTEGER);
    CHECK(column_type<colour>() == ACTA_TEXT);
    CHECK(column_type<float>() == ACTA_REAL);
    CHECK(column_type<account_id>() == ACTA_TEXT);
    CHECK(column_type<acta::strong<struct tag, double>>() == ACTA_REAL);
    CHECK(column_type<std::vector<std::byte>>() == ACTA_BLOB);
    CHECK(column_type<acta::timestamp>() == ACTA_INTEGER);
    CHECK(column_type<std::optional<double>>() == ACTA_REAL);
}

TEST_CASE("containers and structs with fields are columns of JSON text") {
    CHECK(column_type<std::vector<int>>() == ACTA_TEXT);
    CHECK(column_type<std::optional<std::vector<int>>>() == ACTA_TEXT);
    CHECK(column_type<std::pair<int, std::string>>() == ACTA_TEXT);
    CHECK(column_type<std::variant<int, std::string>>() == ACTA_TEXT);
}

TEST_CASE("structs without fields, views and pointers are no columns") {
    struct nested {};
    CHECK_FALSE(column<nested>);
    CHECK_FALSE(column<std::string_view>);
    CHECK_FALSE(column<std::unique_ptr<int>>);
    CHECK_FALSE(column<int*>);
    CHECK_FALSE(column<std::optional<std::optional<int>>>);
    CHECK_FALSE(column<wchar_t>);
    CHECK_FALSE(column<long double>);
}

TEST_CASE("a value that SQL cannot hold is refused with its column's name") {
    kept_texts kept;
    const auto why = sentence_of([&] { to_value(std::uint64_t{9223372036854775808U}, "total", kept); });
    CHECK(has(why, "'total'"));
    CHECK(has(why, "9223372036854775807"));
    CHECK(has(sentence_of([&] { to_value(std::numeric_limits<double>::quiet_NaN(), "rate", kept); }), "NaN"));
    CHECK(has(sentence_of([&] { to_value(static_cast<colour>(7), "colour", kept); }), "acta_names"));
}

TEST_CASE("a value of another type or range is not bent into shape") {
    std::uint8_t small = 0;
    CHECK(has(sentence_of([&] { from_value(integer_value(256), small, "age"); }), "'age' holds 256"));
    CHECK(has(sentence_of([&] { from_value(integer_value(-1), small, "age"); }), "holds -1"));
    std::uint64_t large = 0;
    CHECK(has(sentence_of([&] { from_value(integer_value(-1), large, "age"); }), "holds -1"));
    CHECK(has(sentence_of([&] { from_value(text_value("12"), small, "age"); }), "the text '12'"));
    std::string text;
    CHECK(has(sentence_of([&] { from_value(null_value(), text, "name"); }), "holds NULL where a text"));
    colour known{};
    CHECK(has(sentence_of([&] { from_value(text_value("blue"), known, "colour"); }), "'blue'"));
}
