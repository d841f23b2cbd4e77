// XXH3-64 over an entry and over the rows of the small tables, as FORMAT.md defines them.
#pragma once

#include <acta/event/bytes.hpp>

#include <cstdint>
#include <string_view>

namespace acta::detail {

/// Where an entry stands; part of what its checksum covers, so that bytes moved to another row are found.
struct entry_place {
    std::string_view stream;
    std::int64_t last_position = 0;
    std::int64_t last_version = 0;
    std::int64_t recorded_at = 0;
};

/// Of an entry's data without its last 8 bytes.
std::uint64_t entry_checksum(const entry_place& where, byte_span data) noexcept;

/// Of a row: its values one after the other, each told apart by kind and size.
class row_checksum {
public:
    row_checksum& add(std::int64_t number);
    row_checksum& add(std::string_view text);
    row_checksum& add(byte_span blob);
    row_checksum& add_null();
    std::int64_t value() const noexcept;

private:
    std::vector<std::byte> bytes_;
};

}  // namespace acta::detail
