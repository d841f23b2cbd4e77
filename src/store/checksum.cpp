// XXH3-64 over an entry and over the rows of the small tables, as FORMAT.md defines them.
#include "checksum.hpp"

#include <acta/event/envelope.hpp>

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace acta::detail {

std::uint64_t entry_checksum(const entry_place& where, byte_span data) noexcept {
    unsigned char place[24 + stream_name::max_size];  // filled as far as it is hashed
    const std::int64_t numbers[] = {little_endian(where.last_position), little_endian(where.last_version),
                                    little_endian(where.recorded_at)};
    std::memcpy(place, numbers, sizeof numbers);
    const std::size_t size = std::min(where.stream.size(), stream_name::max_size);
    if (size > 0) std::memcpy(place + sizeof numbers, where.stream.data(), size);  // the name of a damaged row may be a null pointer
    return XXH3_64bits_withSeed(data.data(), data.size(), XXH3_64bits(place, sizeof numbers + size));
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

std::int64_t row_checksum::value() const noexcept { return static_cast<std::int64_t>(XXH3_64bits(bytes_.data(), bytes_.size())); }

}  // namespace acta::detail
