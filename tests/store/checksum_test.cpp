// The checksums of entries and rows, against FORMAT.md written out by hand.
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/checksum.hpp>
#include <xxhash.h>

#include <set>

using namespace acta;
using namespace acta::detail;

namespace {

std::string fixed64(std::uint64_t number) {
    std::string out;
    for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i));
    return out;
}

std::int64_t hash(const std::string& bytes) { return static_cast<std::int64_t>(XXH3_64bits(bytes.data(), bytes.size())); }

}  // namespace

TEST_CASE("the checksum of an entry is the one that FORMAT.md describes") {
    const std::string place = fixed64(7) + fixed64(3) + fixed64(static_cast<std::uint64_t>(-5)) + "account-ada", data = "some bytes";
    const std::uint64_t seed = XXH3_64bits(place.data(), place.size());
    CHECK(entry_checksum({"account-ada", 7, 3, -5}, bytes_of(data)) == XXH3_64bits_withSeed(data.data(), data.size(), seed));
}

TEST_CASE("the checksum of an entry covers the whole of the longest name, and stands an empty one") {
    const std::string name(255, 'x'), other = std::string(254, 'x') + "y";
    CHECK(entry_checksum({name, 1, 1, 1}, {}) != entry_checksum({other, 1, 1, 1}, {}));
    CHECK(entry_checksum({{}, 1, 1, 1}, {}) == entry_checksum({"", 1, 1, 1}, {}));
    CHECK_NOTHROW(entry_checksum({std::string(100'000, 'x'), 1, 1, 1}, {}));  // of a damaged row
}

TEST_CASE("the checksum of a row is the one that FORMAT.md describes") {
    const std::string blob("\0\xff", 2);
    const std::string expected = std::string("\1") + fixed64(static_cast<std::uint64_t>(-2)) + "\2" + fixed64(3) + "abc" +
                                 std::string(1, '\0') + "\3" + fixed64(2) + blob;
    CHECK(row_checksum().add(std::int64_t{-2}).add(std::string_view("abc")).add_null().add(bytes_of(blob)).value() == hash(expected));
    CHECK(row_checksum().value() == hash(""));
}

TEST_CASE("a row's checksum tells apart what only looks alike") {
    const std::set<std::int64_t> sums{
        row_checksum().add(std::string_view("ab")).add(std::string_view("c")).value(),
        row_checksum().add(std::string_view("a")).add(std::string_view("bc")).value(),
        row_checksum().add(std::string_view("abc")).value(),
        row_checksum().add(bytes_of("abc")).value(),
        row_checksum().add(std::string_view("abc")).add(std::string_view("")).value(),
        row_checksum().add(std::string_view("abc")).add(byte_span()).value(),
        row_checksum().add(std::string_view("abc")).add_null().value(),
        row_checksum().add(std::string_view("abc")).add(std::int64_t{0}).value(),
    };
    CHECK(sums.size() == 8);
}
