// XXH3-64 over an entry and over the rows of the small tables, as FORMAT.md defines them.
#include "checksum.hpp"

#include <array>
#include <cstring>

#include <xxhash.h>

#include <acta/event/envelope.hpp>

namespace acta::detail {

std::uint64_t entry_checksum(const entry_place& where, byte_span data) noexcept {
    std::array<unsigned char, 24 + stream_name::max_size> place{};
    const std::int64_t numbers[] = {where.last_position, where.last_version, where.recorded_at};
    for (std::size_t i = 0; i < 24; ++i) place[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(numbers[i / 8]) >> (8 * (i % 8)));
    const std::size_t size = where.stream.size() < stream_name::max_size ? where.stream.size() : stream_name::max_size;
    std::memcpy(place.data() + 24, where.stream.data(), size);
    return XXH3_64bits_withSeed(data.data(), data.size(), XXH3_64bits(place.data(), 24 + size));
}

row_checksum& row_checksum::add(std::int64_t number) {
    byte_writer out(bytes_);
    out.u8(1), out.fixed64(static_cast<std::uint64_t>(number));
    return *this;
}

row_checksum& row_checksum::add(std::string_view text) {
    byte_writer out(bytes_);
    out.u8(2), out.fixed64(text.size()), out.raw(bytes_of(text));
    return *this;
}

row_checksum& row_checksum::add(byte_span blob) {
    byte_writer out(bytes_);
    out.u8(3), out.fixed64(blob.size()), out.raw(blob);
    return *this;
}

row_checksum& row_checksum::add_null() {
    byte_writer(bytes_).u8(0);
    return *this;
}

std::int64_t row_checksum::value() const noexcept {
    return static_cast<std::int64_t>(XXH3_64bits(bytes_.data(), bytes_.size()));
}

}  // namespace acta::detail
