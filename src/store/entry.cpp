// An entry's bytes: one row that holds a run of consecutive events of one stream (FORMAT.md, "Entry").
#include "entry.hpp"

#include <limits>

namespace acta::detail {

namespace {

enum flag : std::uint8_t { has_tags = 1, has_own_metadata = 2 };
constexpr std::size_t checksum_size = 8;

std::size_t varint_size(std::uint64_t value) noexcept {
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7) ++size;
    return size;
}

std::size_t size_of(const entry_event& event) noexcept {
    std::size_t size = varint_size(event.type) + 1 + event.payload.size();
    if (!event.tags.empty()) {
        size += varint_size(event.tags.size());
        for (const std::uint64_t tag : event.tags) size += varint_size(tag);
    }
    if (!event.own_metadata.empty()) size += varint_size(event.own_metadata.size()) + event.own_metadata.size();
    return size;
}

void write_event(byte_writer& out, const entry_event& event) {
    out.varint(event.type);
    out.u8(static_cast<std::uint8_t>((event.tags.empty() ? 0 : has_tags) | (event.own_metadata.empty() ? 0 : has_own_metadata)));
    if (!event.tags.empty()) {
        out.varint(event.tags.size());
        for (const std::uint64_t tag : event.tags) out.varint(tag);
    }
    if (!event.own_metadata.empty()) out.varint(event.own_metadata.size()), out.raw(event.own_metadata);
    out.raw(event.payload);
}

}  // namespace

void write_entry(std::vector<std::byte>& out, const entry_place& where, std::uint64_t nonce, byte_span shared_metadata,
                 std::span<const entry_event> events) {
    const std::size_t start = out.size();
    byte_writer writer(out);
    writer.u8(entry_format);
    writer.fixed64(nonce);
    writer.varint(events.size());
    writer.varint(shared_metadata.size());
    writer.raw(shared_metadata);
    for (const entry_event& event : events) writer.varint(size_of(event));
    for (const entry_event& event : events) write_event(writer, event);
    writer.fixed64(entry_checksum(where, byte_span(out).subspan(start)));
}

void entry_reader::read(const entry_place& where, byte_span data) {
    if (data.size() < checksum_size) byte_reader::broken("its data is too short");
    const byte_span body = data.first(data.size() - checksum_size);
    checksum_ = byte_reader(data.last(checksum_size)).fixed64();
    if (checksum_ != entry_checksum(where, body)) byte_reader::broken("its checksum does not match its bytes");

    byte_reader in(body);
    if (const std::uint8_t format = in.u8(); format != entry_format) byte_reader::broken("its format is unknown to this program");
    nonce_ = in.fixed64();
    const std::size_t count = in.count();
    if (count == 0 || count > max_entry_events) byte_reader::broken("it does not hold 1 to 256 events");
    const auto first = static_cast<std::int64_t>(count);  // the least that its last event can be numbered
    if (where.last_version < first || where.last_version > where.last_position || where.last_position > max_position)
        byte_reader::broken("its position and version cannot be");
    shared_metadata_ = in.raw(in.varint());
    metadata::check(shared_metadata_);

    byte_reader sizes = in;
    for (std::size_t i = 0; i < count; ++i) in.varint();
    events_.clear(), tags_.clear(), tag_counts_.clear();
    for (std::size_t i = 0; i < count; ++i) read_event(in.raw(sizes.varint()));
    if (!in.done()) byte_reader::broken("it has bytes behind its last event");

    std::size_t at = 0;  // only now do the tags no longer move
    for (std::size_t i = 0; i < count; at += tag_counts_[i++]) events_[i].tags = std::span(tags_).subspan(at, tag_counts_[i]);
}

void entry_reader::read_event(byte_span bytes) {
    byte_reader in(bytes);
    entry_event event;
    const std::uint64_t type = in.varint();
    if (type == 0 || type > std::numeric_limits<std::uint32_t>::max()) byte_reader::broken("an event's type is out of range");
    event.type = static_cast<std::uint32_t>(type);
    const std::uint8_t flags = in.u8();
    if ((flags & ~(has_tags | has_own_metadata)) != 0) byte_reader::broken("an event has a flag that is unknown to this program");
    const std::size_t tags = (flags & has_tags) != 0 ? in.count() : 0;
    for (std::size_t i = 0; i < tags; ++i) tags_.push_back(in.varint());
    tag_counts_.push_back(tags);
    if ((flags & has_own_metadata) != 0) {
        event.own_metadata = in.raw(in.varint());
        metadata::check(event.own_metadata);
    }
    event.payload = in.raw(in.left());
    events_.push_back(event);
}

}  // namespace acta::detail
