// Numbers and texts as bytes: the checked reader and the writer under payloads, metadata and entries.
#pragma once

#include <acta/event/result.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace acta {

using byte_span = std::span<const std::byte>;

/// The bytes of a text. Borrowed.
inline byte_span bytes_of(std::string_view text) noexcept { return std::as_bytes(std::span{text.data(), text.size()}); }
/// Bytes seen as a text. Borrowed.
inline std::string_view text_of(byte_span bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

namespace detail {

/// The number whose bytes in memory are `number` in little-endian order; its own inverse.
template <class T>
constexpr T little_endian(T number) noexcept {
    if constexpr (std::endian::native == std::endian::little) return number;
    T turned = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) turned = static_cast<T>(turned << 8 | ((number >> (8 * i)) & 0xff));
    return turned;
}

}  // namespace detail

/// Appends to a vector that somebody else owns. Unsigned numbers are LEB128 varints (the shortest form), signed ones zigzag first, fixed
/// ones little-endian.
class byte_writer {
public:
    explicit byte_writer(std::vector<std::byte>& out) : out_(out) {}

    void u8(std::uint8_t value) { out_.push_back(std::byte{value}); }
    void varint(std::uint64_t value) {
        if (value < 0x80) return u8(static_cast<std::uint8_t>(value));
        std::byte buffer[10];
        std::size_t size = 0;
        for (; value >= 0x80; value >>= 7) buffer[size++] = static_cast<std::byte>((value & 0x7f) | 0x80);
        buffer[size++] = static_cast<std::byte>(value);
        raw(byte_span(buffer, size));
    }
    void zigzag(std::int64_t value) { varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63)); }
    void fixed64(std::uint64_t value) { fixed(value); }
    void fixed32(std::uint32_t value) { fixed(value); }
    void raw(byte_span bytes) {  // not insert(): g++ 12 at -O3 warns of it without cause, in the program of whoever compiles a codec
        if (bytes.empty()) return;
        const std::size_t before = out_.size();
        out_.resize(before + bytes.size());
        std::memcpy(out_.data() + before, bytes.data(), bytes.size());
    }
    void text(std::string_view text) { varint(text.size()), raw(bytes_of(text)); }
    std::size_t size() const noexcept { return out_.size(); }

private:
    template <class T>
    void fixed(T value) {
        const T little = detail::little_endian(value);
        raw(std::as_bytes(std::span(&little, 1)));
    }
    std::vector<std::byte>& out_;
};

/// Reads what byte_writer wrote, from bytes that somebody else owns. Every read is checked against what is left before a byte is
/// used; what is wrong throws failure(damaged) with half a sentence, to which the caller adds where.
class byte_reader {
public:
    byte_reader() = default;
    explicit byte_reader(byte_span bytes) noexcept : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    bool done() const noexcept { return at_ == end_; }
    /// What is left, borrowed and not taken.
    byte_span rest() const noexcept { return {at_, end_}; }

    std::uint8_t u8() {
        need(1);
        return static_cast<std::uint8_t>(*at_++);
    }
    std::uint64_t varint() {
        need(1);
        auto byte = static_cast<std::uint64_t>(*at_++);
        if (byte < 0x80) return byte;
        std::uint64_t value = byte & 0x7f;
        for (int shift = 7;; shift += 7) {
            need(1);
            byte = static_cast<std::uint64_t>(*at_++);
            if (shift == 63 && byte > 1) broken("a number is larger than 64 bits");
            value |= (byte & 0x7f) << shift;
            if (byte >= 0x80) continue;
            if (byte == 0) broken("a number is written with more bytes than it needs");  // so that equal values have equal bytes
            return value;
        }
    }
    std::int64_t zigzag() {
        const std::uint64_t value = varint();
        return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
    }
    std::uint64_t fixed64() { return fixed<std::uint64_t>(); }
    std::uint32_t fixed32() { return fixed<std::uint32_t>(); }
    /// The next `size` bytes, borrowed.
    byte_span raw(std::uint64_t size) {
        need(size);
        const byte_span taken{at_, static_cast<std::size_t>(size)};
        at_ += size;
        return taken;
    }
    std::string_view text() { return text_of(raw(varint())); }
    /// A count of things of which each takes at least one byte.
    std::size_t count() {
        const std::uint64_t value = varint();
        if (value > left()) broken("a count is larger than the bytes that are left");
        return static_cast<std::size_t>(value);
    }
    [[noreturn]] static void broken(const char* what);

private:
    template <class T>
    T fixed() {
        T little = 0;
        std::memcpy(&little, raw(sizeof little).data(), sizeof little);
        return detail::little_endian(little);
    }
    void need(std::uint64_t size) const {
        if (size > left()) broken("the bytes end too early");
    }
    const std::byte* at_ = nullptr;
    const std::byte* end_ = nullptr;
};

}  // namespace acta
