// Rows of a store with any content and a right checksum: what a writer makes that is not acta.
#pragma once

#include "judging.hpp"

#include <store/entry.hpp>

#include <cstdint>
#include <string>

namespace tests {

using bytes = std::vector<std::byte>;

/// An entry, field by field, each of which may lie.
struct forged_entry {
    std::uint64_t format = acta::detail::entry_format;
    bytes count{std::byte{1}};
    bytes shared{std::byte{0}};  ///< with its size
    bytes sizes{};               ///< those of the events where it is empty
    std::vector<bytes> events{};
    bytes behind{};  ///< the last event

    /// What its checksum covers.
    bytes body() const;
};

/// A varint, and a text or bytes behind their size.
bytes varint(std::uint64_t value);
bytes sized(std::string_view text);
bytes joined(std::initializer_list<bytes> parts);

/// An event of a type, with flags, what they announce, and a payload.
bytes forged_event(std::uint64_t type, std::uint8_t flags, const bytes& announced, const bytes& payload);

/// Writes rows behind acta's back.
class forger {
public:
    explicit forger(const std::filesystem::path& store) : on_(store) { on_.disarm(); }

    /// Answers its number.
    std::int64_t add_stream(std::string_view name);
    std::int64_t add_tag(std::string_view name);
    std::int64_t add_type(std::string_view name, std::int64_t revision, std::string_view layout);

    /// An entry of the stream at the next position and version, or at those that are given.
    struct place {
        std::int64_t stream = 0, last_position = 0, last_version = 0, recorded_at = 0;
    };
    /// Behind everything, as a sound entry of one event would stand.
    place next(std::int64_t stream);
    void add_entry(const place& where, const bytes& body);
    void add_entry_tag(std::int64_t tag, std::int64_t position);

private:
    std::int64_t number(const std::string& sql) { return std::stoll("0" + on_.ask(sql)); }
    shell on_;
};

}  // namespace tests
