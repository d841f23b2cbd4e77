// Rows of a store with any content and a right checksum: what a writer makes that is not acta.
#include "forging.hpp"

#include <acta/event/layout.hpp>

#include <sqlite3.h>
#include <store/names.hpp>

#include <stdexcept>

namespace tests {

using namespace acta;

namespace {

struct row_value {
    std::string_view text{};
    byte_span blob{};
    std::int64_t number = 0;
    enum { is_number, is_text, is_blob } kind = is_number;
    row_value(std::int64_t value) : number(value) {}
    row_value(std::string_view value) : text(value), kind(is_text) {}
    row_value(byte_span value) : blob(value), kind(is_blob) {}
};

void insert(const shell& on, const char* sql, std::initializer_list<row_value> values) {
    sqlite3_stmt* to = nullptr;
    REQUIRE(sqlite3_prepare_v2(on.handle(), sql, -1, &to, nullptr) == SQLITE_OK);
    int at = 0;
    for (const row_value& value : values) {
        ++at;
        if (value.kind == row_value::is_number) sqlite3_bind_int64(to, at, value.number);
        else if (value.kind == row_value::is_text)
            sqlite3_bind_text64(to, at, value.text.data(), value.text.size(), SQLITE_STATIC, SQLITE_UTF8);
        else sqlite3_bind_blob64(to, at, value.blob.data(), value.blob.size(), SQLITE_STATIC);
    }
    REQUIRE(sqlite3_step(to) == SQLITE_DONE);
    sqlite3_finalize(to);
}

}  // namespace

bytes varint(std::uint64_t value) {
    bytes out;
    byte_writer(out).varint(value);
    return out;
}

bytes sized(std::string_view text) {
    bytes out;
    byte_writer(out).text(text);
    return out;
}

bytes joined(std::initializer_list<bytes> parts) {
    bytes out;
    for (const bytes& each : parts) byte_writer(out).raw(each);
    return out;
}

bytes forged_event(std::uint64_t type, std::uint8_t flags, const bytes& announced, const bytes& payload) {
    return joined({varint(type), {std::byte{flags}}, announced, payload});
}

bytes forged_entry::body() const {
    bytes out;
    byte_writer to(out);
    to.u8(static_cast<std::uint8_t>(format)), to.fixed64(77);
    to.raw(count), to.raw(shared), to.raw(sizes);
    for (const bytes& each : events)
        if (sizes.empty()) to.varint(each.size());
    for (const bytes& each : events) to.raw(each);
    to.raw(behind);
    return out;
}

std::int64_t forger::add_stream(std::string_view name) {
    const std::int64_t id = number("SELECT max(id) + 1 FROM stream");
    insert(on_, "INSERT INTO stream (id, name, checksum) VALUES (?, ?, ?)",
           {id, name, detail::stream_row_checksum(id, name, std::nullopt)});
    return id;
}

std::int64_t forger::add_tag(std::string_view name) {
    const std::int64_t id = number("SELECT max(id) + 1 FROM tag");
    insert(on_, "INSERT INTO tag (id, name, checksum) VALUES (?, ?, ?)", {id, name, detail::tag_row_checksum(id, name)});
    return id;
}

std::int64_t forger::add_type(std::string_view name, std::int64_t revision, std::string_view layout) {
    const std::int64_t id = number("SELECT max(id) + 1 FROM event_type");
    const auto fingerprint = static_cast<std::int64_t>(fingerprint_of(layout));
    const std::int64_t checksum = detail::row_checksum().add(id).add(name).add(revision).add(fingerprint).add(layout).value();
    insert(on_, "INSERT INTO event_type (id, name, revision, fingerprint, layout, checksum) VALUES (?, ?, ?, ?, ?, ?)",
           {id, name, revision, fingerprint, layout, checksum});
    return id;
}

forger::place forger::next(std::int64_t stream) {
    return {stream, number("SELECT max(last_position) + 1 FROM entry"),
            number("SELECT coalesce(max(last_version), 0) + 1 FROM entry WHERE stream = " + std::to_string(stream)),
            number("SELECT max(recorded_at) FROM entry")};
}

void forger::add_entry(const place& where, const bytes& body) {
    const std::string name = on_.ask("SELECT name FROM stream WHERE id = " + std::to_string(where.stream));
    bytes data = body;
    byte_writer(data).fixed64(detail::entry_checksum({name, where.last_position, where.last_version, where.recorded_at}, body));
    insert(on_, "INSERT INTO entry (last_position, stream, last_version, recorded_at, data) VALUES (?, ?, ?, ?, ?)",
           {where.last_position, where.stream, where.last_version, where.recorded_at, byte_span(data)});
}

void forger::add_entry_tag(std::int64_t tag, std::int64_t position) {
    insert(on_, "INSERT INTO entry_tag (tag, last_position) VALUES (?, ?)", {tag, position});
}

}  // namespace tests
