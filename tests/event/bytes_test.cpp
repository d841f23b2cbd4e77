// Numbers and texts as bytes, and bytes that are none.
#include <acta/event/bytes.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace {

using bytes = std::vector<std::byte>;

bytes of(std::initializer_list<int> numbers) {
    bytes out;
    for (const int number : numbers) out.push_back(static_cast<std::byte>(number));
    return out;
}

template <class Write>
bytes written(Write write) {
    bytes out;
    acta::byte_writer writer(out);
    write(writer);
    CHECK(writer.size() == out.size());
    return out;
}

template <class Read>
std::string complaint(const bytes& from, Read read) {
    acta::byte_reader reader(from);
    try {
        read(reader);
    } catch (const acta::failure& why) {
        CHECK(why.code() == acta::errc::damaged);
        return why.what();
    }
    return {};
}

const auto a_varint = [](acta::byte_reader& in) { in.varint(); };

}  // namespace

TEST_CASE("a varint takes 7 bits a byte, low bits first, up to 64 bits in 10 bytes") {
    const std::pair<std::uint64_t, bytes> cases[] = {
        {0, of({0})},
        {127, of({0x7f})},
        {128, of({0x80, 0x01})},
        {300, of({0xac, 0x02})},
        {16'383, of({0xff, 0x7f})},
        {16'384, of({0x80, 0x80, 0x01})},
        {std::numeric_limits<std::uint64_t>::max(), of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})},
    };
    for (const auto& [number, form] : cases) {
        CHECK(written([n = number](auto& out) { out.varint(n); }) == form);
        acta::byte_reader in(form);
        CHECK(in.varint() == number);
        CHECK(in.done());
    }
}

TEST_CASE("varints of every length come back") {
    for (int bit = 0; bit < 64; ++bit)
        for (const std::uint64_t number : {std::uint64_t{1} << bit, (std::uint64_t{1} << bit) - 1, ~std::uint64_t{0} >> bit}) {
            const bytes form = written([&](auto& out) { out.varint(number); });
            CHECK(acta::byte_reader(form).varint() == number);
            CHECK(form.size() == static_cast<std::size_t>((std::bit_width(number | 1) + 6) / 7));
        }
}

TEST_CASE("a varint that is longer than it need be, or than 64 bits, is refused") {
    CHECK(complaint(of({0x80, 0x00}), a_varint) == "a number is written with more bytes than it needs");
    CHECK(complaint(of({0xff, 0x00}), a_varint) == "a number is written with more bytes than it needs");
    CHECK(complaint(of({0x80, 0x80, 0x80, 0x00}), a_varint) == "a number is written with more bytes than it needs");
    CHECK(complaint(of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}), a_varint) == "a number is larger than 64 bits");
    CHECK(complaint(of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), a_varint) ==
          "a number is written with more bytes than it needs");
    CHECK(complaint(of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}), a_varint) == "a number is larger than 64 bits");
    CHECK(complaint(of({}), a_varint) == "the bytes end too early");
    CHECK(complaint(of({0x80}), a_varint) == "the bytes end too early");
    CHECK(complaint(of({0xff, 0xff, 0xff}), a_varint) == "the bytes end too early");
}

TEST_CASE("zigzag keeps small numbers short on both sides of zero") {
    const std::pair<std::int64_t, bytes> cases[] = {
        {0, of({0})},
        {-1, of({1})},
        {1, of({2})},
        {-64, of({0x7f})},
        {64, of({0x80, 0x01})},
        {std::numeric_limits<std::int64_t>::max(), of({0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})},
        {std::numeric_limits<std::int64_t>::min(), of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})},
    };
    for (const auto& [number, form] : cases) {
        CHECK(written([n = number](auto& out) { out.zigzag(n); }) == form);
        CHECK(acta::byte_reader(form).zigzag() == number);
    }
}

TEST_CASE("fixed numbers are little-endian") {
    CHECK(written([](auto& out) { out.fixed32(0x04030201); }) == of({1, 2, 3, 4}));
    CHECK(written([](auto& out) { out.fixed64(0x0807060504030201); }) == of({1, 2, 3, 4, 5, 6, 7, 8}));
    const bytes form = of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    acta::byte_reader in(form);
    CHECK(in.fixed32() == 0x04030201);
    CHECK(in.fixed64() == 0x0c0b0a0908070605);
    CHECK(in.done());
    CHECK(complaint(of({1, 2, 3}), [](auto& reader) { reader.fixed32(); }) == "the bytes end too early");
    CHECK(complaint(of({1, 2, 3, 4, 5, 6, 7}), [](auto& reader) { reader.fixed64(); }) == "the bytes end too early");
    CHECK(complaint({}, [](auto& reader) { reader.u8(); }) == "the bytes end too early");
}

TEST_CASE("a text is its size and its bytes, borrowed") {
    const bytes form = written([](auto& out) { out.text(std::string_view("a\0b", 3)), out.u8(9), out.raw(of({7, 8})); });
    CHECK(form == of({3, 'a', 0, 'b', 9, 7, 8}));
    acta::byte_reader in(form);
    const std::string_view text = in.text();
    CHECK(text == std::string_view("a\0b", 3));
    CHECK(static_cast<const void*>(text.data()) == form.data() + 1);
    CHECK(in.left() == 3);
    CHECK(in.u8() == 9);
    CHECK(in.rest().size() == 2);
    CHECK(in.left() == 2);
    CHECK(in.raw(2).data() == form.data() + 5);
    CHECK(in.done());
}

TEST_CASE("a size beyond the bytes that are left is refused, the largest one included") {
    for (const std::uint64_t size : {std::uint64_t{4}, std::uint64_t{1} << 60, ~std::uint64_t{0}}) {
        bytes form = written([&](auto& out) { out.varint(size), out.raw(of({1, 2, 3})); });
        CHECK(complaint(form, [](auto& in) { in.text(); }) == "the bytes end too early");
        CHECK(complaint(form, [](auto& in) { in.count(); }) == "a count is larger than the bytes that are left");
    }
    const bytes three = of({3, 1, 2, 3});
    CHECK(acta::byte_reader(three).count() == 3);
}

TEST_CASE("a reader of nothing is done") {
    acta::byte_reader none;
    CHECK(none.done());
    CHECK(none.left() == 0);
    CHECK(none.raw(0).empty());
    CHECK(complaint({}, a_varint) == "the bytes end too early");
}
