// The rules of a stream's name, and metadata as items of code, size and bytes.
#include <acta/event/envelope.hpp>
#include <acta/event/json.hpp>

#include "text.hpp"

#include <algorithm>
#include <array>

namespace acta {

namespace {

void check_stream_name(std::string_view text, std::size_t hyphen) {
    const auto refuse = [&](const char* why) {
        throw failure(errc::bad_name,
                      "the stream name " + detail::in_quotes(text) + " " + why + ": a stream is named category-id, as in account-ada");
    };
    if (text.empty()) refuse("is empty");
    if (hyphen == std::string_view::npos) refuse("has no hyphen");
    if (hyphen == 0) refuse("has an empty category");
    if (hyphen + 1 == text.size()) refuse("has an empty id");
    if (text.size() > stream_name::max_size) refuse("is longer than 255 bytes");
    if (!detail::printable_utf8(text)) refuse("is not valid UTF-8 without control characters");
}

enum code : std::uint8_t {
    actor_text = 1,
    correlation_text,
    causation_text,
    traceparent_text,
    occurred_at_time,            // 8 bytes, little-endian, microseconds since 1970
    correlation_uuid,            // 16 bytes
    causation_uuid,              // 16 bytes
    correlation_causation_uuid,  // 16 bytes that are both
    own_key,                     // size of the key, key, value
};

constexpr std::array<std::string_view, 5> standard_names{"actor", "correlation", "causation", "traceparent", "occurred_at"};

struct item {
    std::uint8_t code = 0;
    byte_span bytes;
};

item next_item(byte_reader& in) {
    const std::uint8_t code = in.u8();
    return {code, in.raw(in.varint())};
}

void add_item(std::string& out, std::uint8_t code, byte_span bytes) {
    out += static_cast<char>(code);
    std::uint64_t size = bytes.size();
    for (; size >= 0x80; size >>= 7) out += static_cast<char>((size & 0x7f) | 0x80);
    out += static_cast<char>(size);
    out += text_of(bytes);
}

std::string id_text(const item& of) {
    command_id::uuid bytes{};
    std::copy_n(of.bytes.begin(), std::min(bytes.size(), of.bytes.size()), bytes.begin());
    return uuid_text(bytes);
}

/// The newest item of one of three codes: as text, as a uuid, as the uuid that stands for both.
std::optional<std::string> newest(byte_span bytes, std::uint8_t as_text, std::uint8_t as_uuid, std::uint8_t as_both) {
    std::optional<std::string> found;
    for (byte_reader in(bytes); !in.done();) {
        const item next = next_item(in);
        if (next.code == as_text) found = std::string(text_of(next.bytes));
        else if (next.code == as_uuid || next.code == as_both) found = id_text(next);
    }
    return found;
}

void check_item(const item& of) {
    switch (of.code) {
    case occurred_at_time:
        if (of.bytes.size() != 8) byte_reader::broken("a time in the metadata is not 8 bytes long");
        break;
    case correlation_uuid:
    case causation_uuid:
    case correlation_causation_uuid:
        if (of.bytes.size() != 16) byte_reader::broken("an id in the metadata is not 16 bytes long");
        break;
    case own_key: byte_reader(of.bytes).text(); break;
    default: break;  // a code of a later acta: its size is known, so it is passed over
    }
}

}  // namespace

stream_name::stream_name(std::string_view text) : text_(text), hyphen_(text.find('-')) { check_stream_name(text_, hyphen_); }

stream_name::stream_name(std::string_view category, std::string_view id) {
    text_.reserve(category.size() + 1 + id.size());
    text_.append(category).append("-").append(id);
    hyphen_ = text_.find('-');
    check_stream_name(text_, hyphen_);
    if (hyphen_ != category.size())
        throw failure(errc::bad_name,
                      "the category " + detail::in_quotes(category) + " holds a hyphen: a stream's name is split at its first hyphen");
}

metadata& metadata::with_actor(std::string_view actor) {
    add_item(bytes_, actor_text, bytes_of(actor));
    return *this;
}

metadata& metadata::with_correlation(const command_id& id) {
    if (const auto* uuid = id.as_uuid()) add_item(bytes_, correlation_uuid, *uuid);
    else if (const auto* text = id.as_text()) add_item(bytes_, correlation_text, bytes_of(*text));
    return *this;
}

metadata& metadata::with_causation(const command_id& id) {
    if (const auto* uuid = id.as_uuid()) {
        // The usual case, a command that begins a conversation: its id is correlation and causation, and stands there once.
        std::size_t last = 0;
        byte_reader in(bytes());
        item before;
        while (!in.done()) last = bytes_.size() - in.left(), before = next_item(in);
        if (before.code == correlation_uuid && std::ranges::equal(before.bytes, *uuid))
            bytes_[last] = static_cast<char>(correlation_causation_uuid);
        else add_item(bytes_, causation_uuid, *uuid);
    } else if (const auto* text = id.as_text()) {
        add_item(bytes_, causation_text, bytes_of(*text));
    }
    return *this;
}

metadata& metadata::with_traceparent(std::string_view traceparent) {
    add_item(bytes_, traceparent_text, bytes_of(traceparent));
    return *this;
}

metadata& metadata::with_occurred_at(timestamp when) {
    std::vector<std::byte> bytes;
    byte_writer(bytes).fixed64(static_cast<std::uint64_t>(when.time_since_epoch().count()));
    add_item(bytes_, occurred_at_time, bytes);
    return *this;
}

metadata& metadata::with(std::string_view key, std::string_view value) {
    if (key.empty() || key.size() > 200 || !detail::printable_utf8(key))
        throw failure(errc::bad_name,
                      "the metadata key " + detail::in_quotes(key) + " is not 1 to 200 bytes of valid UTF-8 without control characters");
    if (std::find(standard_names.begin(), standard_names.end(), key) != standard_names.end())
        throw failure(errc::bad_name, "the metadata key " + detail::in_quotes(key) + " is one of acta's own: set it by its option");
    std::vector<std::byte> bytes;
    byte_writer writer(bytes);
    writer.text(key);
    writer.raw(bytes_of(value));
    add_item(bytes_, own_key, bytes);
    return *this;
}

metadata& metadata::with(const metadata& other) {
    bytes_ += other.bytes_;
    return *this;
}

std::optional<std::string> metadata::actor() const { return newest(bytes(), actor_text, 0, 0); }
std::optional<std::string> metadata::correlation() const {
    return newest(bytes(), correlation_text, correlation_uuid, correlation_causation_uuid);
}
std::optional<std::string> metadata::causation() const {
    return newest(bytes(), causation_text, causation_uuid, correlation_causation_uuid);
}
std::optional<std::string> metadata::traceparent() const { return newest(bytes(), traceparent_text, 0, 0); }

std::optional<timestamp> metadata::occurred_at() const {
    std::optional<timestamp> found;
    for (byte_reader in(bytes()); !in.done();)
        if (const item next = next_item(in); next.code == occurred_at_time)
            found = timestamp(std::chrono::microseconds(static_cast<std::int64_t>(byte_reader(next.bytes).fixed64())));
    return found;
}

std::optional<std::string> metadata::find(std::string_view key) const {
    std::optional<std::string> found;
    for (byte_reader in(bytes()); !in.done();) {
        const item next = next_item(in);
        if (next.code != own_key) continue;
        byte_reader own(next.bytes);
        if (own.text() == key) found = std::string(text_of(own.raw(own.left())));
    }
    return found;
}

std::vector<std::pair<std::string, std::string>> metadata::items() const {
    std::vector<std::pair<std::string, std::string>> out;
    const auto put = [&](std::string_view key, std::string value) {
        const auto same = std::find_if(out.begin(), out.end(), [&](const auto& pair) { return pair.first == key; });
        if (same != out.end()) same->second = std::move(value);
        else out.emplace_back(key, std::move(value));
    };
    for (byte_reader in(bytes()); !in.done();) {
        const item next = next_item(in);
        switch (next.code) {
        case actor_text: put("actor", std::string(text_of(next.bytes))); break;
        case correlation_text: put("correlation", std::string(text_of(next.bytes))); break;
        case causation_text: put("causation", std::string(text_of(next.bytes))); break;
        case traceparent_text: put("traceparent", std::string(text_of(next.bytes))); break;
        case occurred_at_time: put("occurred_at", iso8601(static_cast<std::int64_t>(byte_reader(next.bytes).fixed64()))); break;
        case correlation_uuid: put("correlation", id_text(next)); break;
        case causation_uuid: put("causation", id_text(next)); break;
        case correlation_causation_uuid: put("correlation", id_text(next)), put("causation", id_text(next)); break;
        case own_key: {
            byte_reader own(next.bytes);
            const std::string key(own.text());
            put(key, std::string(text_of(own.raw(own.left()))));
            break;
        }
        default: break;
        }
    }
    return out;
}

void metadata::assign_checked(byte_span shared, byte_span own) {
    bytes_.assign(text_of(shared));
    bytes_.append(text_of(own));
}

void metadata::check(byte_span bytes) {
    for (byte_reader in(bytes); !in.done();) check_item(next_item(in));
}

}  // namespace acta
