// Entries, layouts and names that lie under a right checksum: reading ends at the lie, in a sentence, and all that stands before it is right.
#include <acta/event/json.hpp>

#include "forging.hpp"

#include <doctest/doctest.h>

using namespace acta;
using namespace tests;

namespace {

constexpr std::uint64_t most = UINT64_MAX;
constexpr std::int64_t opened_type = 1, deposited_type = 3;  // as make_store writes them
constexpr std::uint8_t has_tags = 1, has_metadata = 2;

bytes a_deposit() { return forged_event(deposited_type, 0, {}, {std::byte{10}}); }
bytes with_tags(const bytes& tags) { return forged_event(deposited_type, has_tags, tags, {std::byte{10}}); }
bytes with_metadata(const bytes& metadata) { return forged_event(deposited_type, has_metadata, metadata, {std::byte{10}}); }
bytes zeros(std::size_t size) { return bytes(size, std::byte{0}); }
bytes item(std::uint8_t code, std::uint64_t size, std::size_t really) { return joined({{std::byte{code}}, varint(size), zeros(really)}); }
bytes announced(const bytes& of) { return joined({varint(of.size()), of}); }

struct lie {
    const char* what;
    forged_entry entry;
};

std::vector<lie> lies() {
    std::vector<lie> all;
    const auto add = [&](const char* what, const std::function<void(forged_entry&)>& change) {
        forged_entry one{.events = {a_deposit()}};
        change(one);
        all.push_back({what, std::move(one)});
    };
    for (const std::uint64_t format : {0U, 2U, 127U, 255U}) add("the format", [&](forged_entry& of) { of.format = format; });
    for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{257}, std::uint64_t{1} << 32, most >> 1, most})
        add("the number of events", [&](forged_entry& of) { of.count = varint(count); });
    add("a number in more bytes than it needs", [](forged_entry& of) { of.count = {std::byte{0x81}, std::byte{0}}; });
    add("a number without an end", [](forged_entry& of) { of.count = bytes(20, std::byte{0xff}); });
    for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{1'000}, std::uint64_t{1} << 31, most})
        add("the size of the shared metadata", [&](forged_entry& of) { of.shared = varint(size); });
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{4}, std::uint64_t{1} << 31, most >> 1, most})
        add("the size of the event", [&](forged_entry& of) { of.sizes = varint(size); });
    add("sizes whose sum is right modulo 2^64", [](forged_entry& of) {
        of.count = varint(2), of.sizes = joined({varint(most), varint(4)}), of.events = {a_deposit()};
    });
    add("256 events in no bytes", [](forged_entry& of) { of.count = varint(256), of.sizes = zeros(256), of.events.clear(); });
    add("bytes behind the last event", [](forged_entry& of) { of.behind = zeros(1); });
    add("no event's bytes", [](forged_entry& of) { of.sizes = varint(3), of.events.clear(); });
    for (const std::uint64_t type : {std::uint64_t{0}, std::uint64_t{999}, std::uint64_t{1} << 31, std::uint64_t{1} << 32, most})
        add("the type", [&](forged_entry& of) { of.events = {forged_event(type, 0, {}, {std::byte{10}})}; });
    for (const std::uint8_t flags : {std::uint8_t{4}, std::uint8_t{0x80}, std::uint8_t{0xff}})
        add("the flags", [&](forged_entry& of) { of.events = {forged_event(deposited_type, flags, {}, {std::byte{10}})}; });
    for (const std::uint64_t count : {std::uint64_t{2}, std::uint64_t{1'000}, std::uint64_t{1} << 40, most})
        add("the number of tags", [&](forged_entry& of) { of.events = {with_tags(varint(count))}; });
    for (const std::uint64_t tag : {std::uint64_t{0}, std::uint64_t{999}, most >> 1, most})
        add("a tag", [&](forged_entry& of) { of.events = {with_tags(joined({varint(1), varint(tag)}))}; });
    for (const std::uint64_t size : {std::uint64_t{2}, std::uint64_t{1} << 31, most})
        add("the size of its own metadata", [&](forged_entry& of) { of.events = {with_metadata(varint(size))}; });
    for (const bytes& metadata :
         {item(1, 1'000, 3), item(1, most, 3), item(5, 7, 7), item(5, 9, 9), item(6, 15, 15), item(7, 0, 0), item(8, 17, 17), item(9, 0, 0),
          joined({item(9, 2, 0), {std::byte{200}}, {std::byte{1}}}), bytes{std::byte{1}}}) {
        add("an item of the shared metadata", [&](forged_entry& of) { of.shared = announced(metadata); });
        add("an item of its own metadata", [&](forged_entry& of) { of.events = {with_metadata(announced(metadata))}; });
    }
    return all;
}

/// Reads all of it as JSON, as the command does.
void read_as_json(const std::filesystem::path& store) {
    const sqlite_log log(store, {.read_only = true});
    for (const stored_event& event : log.read()) {
        metadata about;
        about.assign_checked(event.shared_metadata, event.own_metadata);
        (void)about.items();
        (void)payload_to_json(layout::from_text(log.type(event.type).layout_text), event.payload);
    }
}

/// Reading is refused; what stood there before the lie is read, and appending to it does not crash.
void check_refused(const std::filesystem::path& store, const std::vector<seen>& good) {
    const answer said = ask(store, [&] { read_as_json(store); });
    CAPTURE(said.sentence);
    CHECK(said.refused);
    CHECK(said.code == errc::damaged);
    ask(store, [&] {
        const sqlite_log log(store, {.read_only = true});
        if (read_all(log, {.until = static_cast<position>(good.size())}) != good)
            throw std::runtime_error("what stood before reads otherwise");
        if (log.verify().sound()) throw std::runtime_error("verify finds it sound");
    });
    append_one(store);
}

/// A store that is made once and put back before each lie.
struct stand {
    folder here;
    std::filesystem::path store = here / "bank.acta";
    written good = make_store(store);
    files whole = files_of(store);
    void put_back() const { put_files(store, whole); }
};

}  // namespace

TEST_CASE("a forged entry that says the truth is read, also at the end of time, so that the lies of the others are what is refused") {
    const stand in;
    for (const bool late : {false, true}) {
        in.put_back();
        {
            forger by(in.store);
            forger::place where = by.next(1);
            if (late) where.recorded_at = INT64_MAX;
            by.add_entry(where, forged_entry{.events = {a_deposit()}}.body());
        }
        read_as_json(in.store);
        CHECK_FALSE(append_one(in.store).refused);
        const sqlite_log log(in.store, {.read_only = true});
        CHECK(read_all(log).size() == in.good.events.size() + 2);
        CHECK(log.verify().sound());
    }
}

TEST_CASE("each field of an entry that lies under a right checksum is found") {
    const stand in;
    const std::vector<lie> all = lies();
    REQUIRE(all.size() > 60);
    for (const lie& one : all) {
        const std::string what = one.what;
        CAPTURE(what);
        in.put_back();
        {
            forger by(in.store);
            by.add_entry(by.next(1), one.entry.body());
        }
        check_refused(in.store, in.good.events);
    }
}

TEST_CASE("an entry at a place where none can be, under a right checksum, is found by reading or by verify") {
    const stand in;
    const auto last = static_cast<std::int64_t>(in.good.events.size());
    const version next = forger(in.store).next(1).last_version;
    const bytes body = forged_entry{.events = {a_deposit()}}.body();
    const forger::place places[] = {
        {1, last + 2, next, 0},
        {1, last + 1, next + 1, 0},
        {1, last + 1, next, INT64_MIN},
        {999, last + 1, 1, 0},
        {0, last + 1, 1, 0},
        {-1, last + 1, 1, 0},
        {INT64_MAX, last + 1, 1, 0},
        {INT64_MIN, last + 1, 1, 0},
        {1, INT64_MAX, next, 0},
        {1, last + 1, INT64_MAX, 0},
        {1, INT64_MAX, INT64_MAX, 0},
        {1, 0, next, 0},
        {1, -1, next, 0},
        {1, INT64_MIN, next, 0},
        {1, last + 1, 0, 0},
        {1, last + 1, -5, 0},
        {1, last + 1, INT64_MIN, 0},
    };
    for (const forger::place& where : places) {
        CAPTURE(where.stream);
        CAPTURE(where.last_position);
        CAPTURE(where.last_version);
        CAPTURE(where.recorded_at);
        in.put_back();
        forger(in.store).add_entry(where, body);
        ask(in.store, [&] {
            const sqlite_log log(in.store, {.read_only = true});
            if (log.verify().sound()) throw std::runtime_error("verify finds it sound");
            if (read_all(log, {.until = last}) != in.good.events) throw std::runtime_error("what stood before reads otherwise");
        });
        ask(in.store, [&] { read_as_json(in.store); });
        ask(in.store, [&] {
            const sqlite_log log(in.store, {.read_only = true});
            (void)read_all(log, account("0"), {.direction = direction::backward});
        });
        append_one(in.store);
    }
}

TEST_CASE("a payload that does not fit its layout has no JSON, and no program's struct") {
    const stand in;
    const bytes payloads[] = {{}, zeros(2), {std::byte{0x80}}, bytes(11, std::byte{0xff}), joined({varint(most >> 1), zeros(3)})};
    for (const bytes& payload : payloads)
        for (const std::int64_t type : {opened_type, deposited_type}) {
            if (type == opened_type && payload == zeros(2)) continue;
            CAPTURE(type);
            CAPTURE(payload.size());
            in.put_back();
            forger(in.store).add_entry(forger(in.store).next(1),
                                       forged_entry{.events = {forged_event(static_cast<std::uint64_t>(type), 0, {}, payload)}}.body());
            const contained end = contain([&](const child::voice& parent) {
                try {
                    read_as_json(in.store);
                } catch (const failure& why) { parent.tell(std::to_string(static_cast<int>(why.code()))); }
            });
            CHECK(end.code == 0);
            CHECK(end.lines == std::vector<std::string>{std::to_string(static_cast<int>(errc::damaged))});
        }
}
