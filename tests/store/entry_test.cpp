// An entry's bytes: what is written is read back, and nothing else is.
#include "support/reading.hpp"

#include <doctest/doctest.h>
#include <store/entry.hpp>

#include <limits>
#include <random>

using namespace acta;
using namespace acta::detail;
using namespace tests;

namespace {

using bytes = std::vector<std::byte>;

const entry_place place{"account-ada", 4'000, 700, 1'700'000'000'000'000};

bytes some(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    bytes out(size);
    for (std::byte& one : out) one = static_cast<std::byte>(random());
    return out;
}

/// Puts a new checksum behind bytes that were changed, as one who knows the format can.
bytes sealed(bytes body, const entry_place& where = place) {
    const std::uint64_t sum = entry_checksum(where, body);
    byte_writer(body).fixed64(sum);
    return body;
}

bytes body_of(const bytes& data) { return {data.begin(), data.end() - 8}; }

bool same(byte_span a, byte_span b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

failure refusal(const bytes& data, const entry_place& where = place) {
    return thrown_by([&] { entry_reader().read(where, data); });
}

/// The head of an entry, up to its sizes.
bytes head(std::uint64_t count, std::uint64_t shared_size, byte_span shared = {}) {
    bytes out;
    byte_writer writer(out);
    writer.u8(entry_format), writer.fixed64(1), writer.varint(count), writer.varint(shared_size), writer.raw(shared);
    return out;
}

bytes plus(bytes before, std::initializer_list<int> more) {
    for (const int one : more) before.push_back(static_cast<std::byte>(one));
    return before;
}

bytes typical() {
    const std::vector<std::uint64_t> tags{1, 300};
    metadata own, shared;
    own.with("reason", "fee");
    shared.with_actor("teller");
    const bytes payload = some(20, 1);
    const std::vector<entry_event> events{{1, {}, {}, payload}, {2, tags, own.bytes(), payload}, {3, {}, {}, {}}};
    bytes data;
    write_entry(data, place, 0x0123456789abcdef, shared.bytes(), events);
    return data;
}

}  // namespace

TEST_CASE("an entry of 1, 2 or 256 events comes back as it went in") {
    std::mt19937 random(7);
    for (const std::size_t count : {1U, 2U, 255U, 256U}) {
        CAPTURE(count);
        metadata own, shared;
        own.with("key", "own value").with_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        shared.with_actor("teller").with_correlation(command_id::make());
        std::vector<bytes> payloads;
        std::vector<std::vector<std::uint64_t>> tags;
        for (std::size_t i = 0; i < count; ++i) {
            payloads.push_back(some(random() % 300, static_cast<unsigned>(i)));
            tags.emplace_back();
            for (std::size_t k = random() % 4; k > 0; --k) tags.back().push_back(random() % 70'000 + 1);
        }
        std::vector<entry_event> events;
        for (std::size_t i = 0; i < count; ++i)
            events.push_back(
                {static_cast<std::uint32_t>(random() % 1'000 + 1), tags[i], i % 3 == 0 ? own.bytes() : byte_span(), payloads[i]});
        bytes data{std::byte{1}, std::byte{2}};  // write_entry appends
        write_entry(data, place, 42, count % 2 == 0 ? shared.bytes() : byte_span(), events);

        entry_reader reader;
        reader.read(place, byte_span(data).subspan(2));
        CHECK(reader.nonce() == 42);
        CHECK(reader.checksum() == byte_reader(byte_span(data).last(8)).fixed64());
        CHECK(same(reader.shared_metadata(), count % 2 == 0 ? shared.bytes() : byte_span()));
        REQUIRE(reader.events().size() == count);
        for (std::size_t i = 0; i < count; ++i) {
            const entry_event& back = reader.events()[i];
            CHECK(back.type == events[i].type);
            CHECK(std::equal(back.tags.begin(), back.tags.end(), tags[i].begin(), tags[i].end()));
            CHECK(same(back.own_metadata, events[i].own_metadata));
            CHECK(same(back.payload, payloads[i]));
        }
    }
}

TEST_CASE("the largest numbers of a type and a tag fit") {
    const std::vector<std::uint64_t> tags{std::numeric_limits<std::uint64_t>::max(), 1};
    const std::vector<entry_event> events{{std::numeric_limits<std::uint32_t>::max(), tags, {}, {}}};
    bytes data;
    write_entry(data, place, 0, {}, events);
    entry_reader reader;
    reader.read(place, data);
    CHECK(reader.events()[0].type == std::numeric_limits<std::uint32_t>::max());
    CHECK(reader.events()[0].tags[0] == tags[0]);
}

TEST_CASE("one reader may read one entry after the other, and a damaged one in between") {
    const bytes good = typical();
    bytes bad = good;
    bad[12] ^= std::byte{1};
    bytes small;
    const std::vector<entry_event> one{{9, {}, {}, {}}};
    write_entry(small, place, 1, {}, one);
    entry_reader reader;
    reader.read(place, good);
    CHECK(reader.events().size() == 3);
    CHECK(thrown_by([&] { reader.read(place, bad); }).code() == errc::damaged);
    reader.read(place, small);
    REQUIRE(reader.events().size() == 1);
    CHECK(reader.events()[0].tags.empty());
    CHECK(reader.shared_metadata().empty());
}

TEST_CASE("every single bit of an entry is guarded by its checksum, and every shorter length") {
    const bytes good = typical();
    entry_reader reader;
    for (std::size_t byte = 0; byte < good.size(); ++byte)
        for (unsigned bit = 0; bit < 8; ++bit) {
            bytes bad = good;
            bad[byte] ^= static_cast<std::byte>(1U << bit);
            const failure why = refusal(bad);
            REQUIRE(why.code() == errc::damaged);
            REQUIRE(says(why, "checksum"));
        }
    for (std::size_t size = 0; size < good.size(); ++size)
        REQUIRE(refusal(bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))).code() == errc::damaged);
    CHECK(refusal(plus(good, {0})).code() == errc::damaged);
}

TEST_CASE("an entry that is moved to another place is refused") {
    const bytes data = typical();
    const auto moved = [](auto change) {
        entry_place other = place;
        change(other);
        return other;
    };
    CHECK(refusal(data, moved([](entry_place& to) { to.last_position = 4'001; })).code() == errc::damaged);
    CHECK(refusal(data, moved([](entry_place& to) { to.last_version = 701; })).code() == errc::damaged);
    CHECK(refusal(data, moved([](entry_place& to) { to.recorded_at += 1; })).code() == errc::damaged);
    CHECK(refusal(data, moved([](entry_place& to) { to.stream = "account-bob"; })).code() == errc::damaged);
    CHECK(refusal(data, moved([](entry_place& to) { to.stream = ""; })).code() == errc::damaged);
    CHECK(refusal(data, moved([](entry_place& to) { to.stream = {}; })).code() == errc::damaged);
    CHECK_NOTHROW(entry_reader().read(place, data));
}

TEST_CASE("a place where no entry can be is refused although the checksum is right") {
    const bytes body = body_of(typical());  // of three events
    constexpr std::int64_t min = std::numeric_limits<std::int64_t>::min(), max = std::numeric_limits<std::int64_t>::max();
    for (const auto& [position, version, good] :
         {std::tuple(std::int64_t{3}, std::int64_t{3}, true), std::tuple(max_position, max_position, true),
          std::tuple(std::int64_t{2}, std::int64_t{2}, false), std::tuple(std::int64_t{9}, std::int64_t{2}, false),
          std::tuple(std::int64_t{9}, std::int64_t{10}, false), std::tuple(std::int64_t{0}, std::int64_t{0}, false),
          std::tuple(std::int64_t{-1}, std::int64_t{-1}, false), std::tuple(min, min, false), std::tuple(max, max, false),
          std::tuple(max_position + 1, std::int64_t{3}, false)}) {
        CAPTURE(position);
        CAPTURE(version);
        const entry_place there{"account-ada", position, version, 0};
        const failure why = refusal(sealed(body, there), there);
        CHECK(says(why, good ? "nothing was thrown" : "its position and version cannot be"));
    }
}

TEST_CASE("a structure that lies is refused although its checksum is right") {
    const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
    struct {
        std::string what;
        bytes body;
        std::string sentence;
    } const cases[] = {
        {"nothing at all", {}, "the bytes end too early"},
        {"another format", plus({}, {2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 1, 0}), "format"},
        {"a nonce cut short", plus({}, {1, 0, 0, 0}), "the bytes end too early"},
        {"no events", head(0, 0), "1 to 256"},
        {"257 events", plus(head(257, 0), {}), "larger than the bytes that are left"},
        {"257 events with bytes to match",
         [] {
             bytes b = head(257, 0);
             b.resize(b.size() + 2'000, std::byte{1});
             return b;
         }(),
         "1 to 256"},
        {"more events than numbers", head(huge, 0), "larger than the bytes that are left"},
        {"shared metadata beyond the end", head(1, 5), "the bytes end too early"},
        {"shared metadata larger than memory", head(1, huge), "the bytes end too early"},
        {"shared metadata that is cut short", plus(head(1, 2, some(0, 0)), {1, 9, 2, 1, 0}), "the bytes end too early"},
        {"a size beyond the end", plus(head(1, 0), {9, 1, 0}), "the bytes end too early"},
        {"sizes cut short", plus(head(2, 0), {2}), "the bytes end too early"},
        {"sizes that end inside a number", plus(head(2, 0), {0x82, 0x82}), "the bytes end too early"},
        {"sizes that add up to less", plus(head(1, 0), {2, 1, 0, 7}), "bytes behind its last event"},
        {"sizes that add up to more", plus(head(2, 0), {2, 2, 1, 0, 1}), "the bytes end too early"},
        {"an event of nothing", plus(head(1, 0), {0}), "the bytes end too early"},
        {"an event without flags", plus(head(1, 0), {1, 1}), "the bytes end too early"},
        {"a type of zero", plus(head(1, 0), {2, 0, 0}), "type is out of range"},
        {"a type over 32 bits", plus(head(1, 0), {6, 0x80, 0x80, 0x80, 0x80, 0x10, 0}), "type is out of range"},
        {"a type over 64 bits", plus(head(1, 0), {11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0}),
         "larger than 64 bits"},
        {"a flag of tomorrow", plus(head(1, 0), {2, 1, 4}), "flag"},
        {"every flag", plus(head(1, 0), {2, 1, 0xff}), "flag"},
        {"more tags than bytes", plus(head(1, 0), {4, 1, 1, 200, 1}), "larger than the bytes that are left"},
        {"tags without end", plus(head(1, 0), {12, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}),
         "larger than the bytes that are left"},
        {"a tag cut short", plus(head(1, 0), {4, 1, 1, 1, 0x80}), "the bytes end too early"},
        {"own metadata beyond the event", plus(head(2, 0), {3, 2, 1, 2, 4, 1, 0}), "the bytes end too early"},
        {"own metadata that is malformed", plus(head(1, 0), {6, 1, 2, 3, 5, 1, 0}), "metadata"},
    };
    for (const auto& [what, body, sentence] : cases) {
        CAPTURE(what);
        const failure why = refusal(sealed(body));
        CHECK(why.code() == errc::damaged);
        const std::string said = why.what();
        CAPTURE(said);
        CHECK(says(why, sentence));
    }
}

TEST_CASE("bytes changed at random under a right checksum never crash a reader nor make it read outside") {
    constexpr unsigned seed = 4'711;
    MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const bytes good = body_of(typical());
    std::size_t refused = 0, read = 0;
    for (int round = 0; round < 50'000; ++round) {
        bytes body = good;
        for (auto changes = 1 + random() % 3; changes > 0 && !body.empty(); --changes) {
            const std::size_t at = random() % body.size();
            switch (random() % 4) {
            case 0: body[at] = static_cast<std::byte>(random()); break;
            case 1: body.erase(body.begin() + static_cast<std::ptrdiff_t>(at)); break;
            case 2: body.insert(body.begin() + static_cast<std::ptrdiff_t>(at), std::byte{0xff}); break;
            default: body.resize(at + 1);
            }
        }
        const bytes exact = sealed(body);  // of its own allocation, so that the address sanitizer sees its end
        entry_reader reader;
        try {
            reader.read(place, exact);
            ++read;
            for (const entry_event& event : reader.events()) {
                REQUIRE((event.payload.empty() || (event.payload.data() >= exact.data() &&
                                                   event.payload.data() + event.payload.size() <= exact.data() + exact.size())));
                REQUIRE(event.tags.size() < exact.size());
            }
        } catch (const failure& why) {
            REQUIRE(why.code() == errc::damaged);
            ++refused;
        }
    }
    MESSAGE(refused << " refused, " << read << " read");
    CHECK(refused > 0);
    CHECK(read > 0);
}
