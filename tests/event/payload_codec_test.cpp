// Hostile payloads: whatever the bytes, a decode answers with an event or with failure(damaged), and asks for no absurd memory.
#include <acta/event/codec.hpp>
#include <acta/event/json.hpp>

#include "event/every_type.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> largest_request{0};

}  // namespace

// Notes what this program asks for, so that a test sees memory that hostile bytes asked for. Not inlined: g++ would take malloc and
// free for a mismatch of its own new and delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (size > largest_request.load(std::memory_order_relaxed)) largest_request = size;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using bytes = std::vector<std::byte>;

template <class T>
struct alone {
    static constexpr acta::event_type event{"payload_codec_test.alone", 1};
    T value{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};

bytes of(std::initializer_list<int> numbers) {
    bytes out;
    for (const int number : numbers) out.push_back(static_cast<std::byte>(number));
    return out;
}

template <class E>
bytes encoded(const E& event) {
    bytes out;
    acta::codec_of<E>().encode(&event, out);
    return out;
}

/// What is wrong with the payload; "" when nothing is.
template <class E>
std::string complaint(const bytes& payload, E into = {}) {
    try {
        acta::codec_of<E>().decode(payload, &into);
        return {};
    } catch (const acta::failure& why) {
        REQUIRE(why.code() == acta::errc::damaged);
        return why.what();
    }
}

std::string complaint_of_json(const acta::layout& layout, const bytes& payload) {
    try {
        acta::payload_to_json(layout, payload);
        return {};
    } catch (const acta::failure& why) {
        REQUIRE(why.code() == acta::errc::damaged);
        return why.what();
    }
}

template <class T>
std::string complaint_about(std::initializer_list<int> payload) {
    const std::string said = complaint<alone<T>>(of(payload));
    const auto layout = acta::layout::from_text(acta::codec_of<alone<T>>().layout_text);
    CHECK(complaint_of_json(layout, of(payload)) == said);  // who reads by the layout alone finds the same
    return said;
}

constexpr const char* too_early = "the bytes end too early";
constexpr const char* misfit = "a number does not fit its type";
constexpr const char* too_many = "a count is larger than the bytes that are left";

}  // namespace

TEST_CASE("a payload that ends early is refused, wherever it ends") {
    every_type::for_each_sample([](const auto& sample) {
        using event = std::remove_cvref_t<decltype(sample)>;
        const auto layout = acta::layout::from_text(acta::codec_of<event>().layout_text);
        const bytes whole = encoded(sample);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            CAPTURE(size);
            CHECK(!complaint<event>(part).empty());
            CHECK(!complaint(part, sample).empty());
            CHECK(!complaint_of_json(layout, part).empty());
        }
    });
}

TEST_CASE("a byte behind the last field is refused, whatever it is") {
    every_type::for_each_sample([](const auto& sample) {
        using event = std::remove_cvref_t<decltype(sample)>;
        const auto layout = acta::layout::from_text(acta::codec_of<event>().layout_text);
        for (int byte = 0; byte < 256; ++byte) {
            bytes longer = encoded(sample);
            longer.push_back(static_cast<std::byte>(byte));
            CHECK(complaint<event>(longer) == "there are bytes behind the last field");
            CHECK(complaint_of_json(layout, longer) == "there are bytes behind the last field");
        }
    });
}

TEST_CASE("any byte changed to any other gives an event or damaged, the same to those who read by the layout alone") {
    largest_request = 0;
    std::size_t decoded = 0, refused = 0;
    every_type::for_each_sample([&](const auto& sample) {
        using event = std::remove_cvref_t<decltype(sample)>;
        const auto layout = acta::layout::from_text(acta::codec_of<event>().layout_text);
        bytes payload = encoded(sample);
        for (std::byte& byte : payload) {
            const std::byte right = byte;
            for (int other = 1; other < 256; ++other) {
                byte = right ^ static_cast<std::byte>(other);
                const std::string said = complaint<event>(payload);
                ++(said.empty() ? decoded : refused);
                if (complaint_of_json(layout, payload).empty() != said.empty())
                    FAIL(event::event.name, " at ", &byte - payload.data(), ": ", said);
            }
            byte = right;
        }
    });
    CHECK(decoded > 1'000);
    CHECK(refused > 1'000);
    CHECK(largest_request < 100'000);
}

TEST_CASE("a count or size beyond the bytes that are left is refused before any memory is asked for") {
    const auto hostile = [](std::uint64_t count) {
        bytes payload;
        acta::byte_writer(payload).varint(count);
        payload.resize(payload.size() + 100, std::byte{1});
        return payload;
    };
    largest_request = 0;
    for (const std::uint64_t count : {std::uint64_t{101}, std::uint64_t{1} << 32, std::uint64_t{1} << 60, ~std::uint64_t{0}}) {
        const bytes payload = hostile(count);
        CHECK(complaint<alone<std::string>>(payload) == too_early);
        CHECK(complaint<alone<std::vector<std::byte>>>(payload) == too_early);
        CHECK(complaint<alone<std::vector<bool>>>(payload) == too_many);
        CHECK(complaint<alone<std::vector<std::int64_t>>>(payload) == too_many);
        CHECK(complaint<alone<std::vector<every_type::shapes>>>(payload) == too_many);
        CHECK(complaint<alone<std::map<std::string, std::string>>>(payload) == too_many);
        CHECK(complaint<alone<std::unordered_map<int, int>>>(payload) == too_many);
        CHECK(complaint<alone<std::set<int>>>(payload) == too_many);
        CHECK(complaint<alone<std::unordered_set<int>>>(payload) == too_many);
    }
    CHECK(largest_request < 10'000);
}

TEST_CASE("a list grows as its elements come, not by its count") {
    using wide = std::array<std::array<std::int64_t, 1'000>, 100>;  // 800,000 bytes each, 100,000 in the payload
    bytes payload;
    acta::byte_writer(payload).varint(1'000);
    payload.resize(1'002 + 100'000, std::byte{0});
    largest_request = 0;
    CHECK(complaint<alone<std::vector<wide>>>(payload) == too_early);
    CHECK(largest_request < 4 * sizeof(wide));
}

TEST_CASE("a flag is 0 or 1") {
    CHECK(complaint_about<bool>({1}).empty());
    CHECK(complaint_about<bool>({2}) == "a flag is neither 0 nor 1");
    CHECK(complaint_about<bool>({255}) == "a flag is neither 0 nor 1");
    CHECK(complaint_about<std::optional<bool>>({2, 1}) == "a flag is neither 0 nor 1");
    CHECK(complaint_about<std::vector<bool>>({2, 1, 2}) == "a flag is neither 0 nor 1");
}

TEST_CASE("a number has one form, and fits its type") {
    CHECK(complaint_about<std::uint16_t>({0x80, 0x00}) == "a number is written with more bytes than it needs");
    CHECK(complaint_about<std::uint16_t>({0xff, 0x80, 0x00}) == "a number is written with more bytes than it needs");
    CHECK(complaint_about<std::string>({0x81, 0x00, 'x'}) == "a number is written with more bytes than it needs");
    CHECK(complaint_about<std::uint16_t>({0xff, 0xff, 0x03}).empty());
    CHECK(complaint_about<std::uint16_t>({0x80, 0x80, 0x04}) == misfit);
    CHECK(complaint_about<std::int16_t>({0xff, 0xff, 0x03}).empty());
    CHECK(complaint_about<std::int16_t>({0x80, 0x80, 0x04}) == misfit);
    CHECK(complaint_about<std::int16_t>({0x81, 0x80, 0x04}) == misfit);
    CHECK(complaint_about<std::uint32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}).empty());
    CHECK(complaint_about<std::uint32_t>({0x80, 0x80, 0x80, 0x80, 0x10}) == misfit);
    CHECK(complaint_about<std::int32_t>({0x80, 0x80, 0x80, 0x80, 0x10}) == misfit);
    CHECK(complaint_about<every_type::level>({0x80, 0x80, 0x04}) == misfit);
    CHECK(complaint_about<std::uint64_t>({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}).empty());
    CHECK(complaint_about<std::uint64_t>({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}) ==
          "a number is larger than 64 bits");
    CHECK(complaint_about<std::uint64_t>({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00}) ==
          "a number is larger than 64 bits");
    CHECK(complaint_about<std::uint64_t>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}) ==
          "a number is larger than 64 bits");
}

TEST_CASE("a narrow duration refuses what it cannot count, though its layout has 64 bits") {
    using frames = std::chrono::duration<std::int16_t, std::ratio<1, 25>>;
    CHECK(complaint<alone<frames>>(of({0xff, 0xff, 0x03})).empty());
    CHECK(complaint<alone<frames>>(of({0x80, 0x80, 0x04})) == misfit);
}

TEST_CASE("a set holds nothing twice, and a map no key twice") {
    CHECK(complaint_about<std::set<int>>({2, 2, 4}).empty());
    CHECK(complaint_about<std::set<int>>({2, 2, 2}) == "a set holds a value twice");
    CHECK(complaint_about<std::unordered_set<std::string>>({2, 1, 'a', 1, 'a'}) == "a set holds a value twice");
    CHECK(complaint_about<std::map<std::string, bool>>({2, 1, 'a', 0, 1, 'a', 1}) == "a map holds a key twice");
    CHECK(complaint_about<std::unordered_map<int, int>>({2, 2, 0, 2, 0}) == "a map holds a key twice");
}

TEST_CASE("a variant's index names one of its alternatives") {
    using choice = std::variant<bool, std::int32_t>;
    CHECK(complaint_about<choice>({1, 5}).empty());
    CHECK(complaint_about<choice>({2, 5}) == "a variant's index is too large");
    CHECK(complaint_about<choice>({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 5}) == "a variant's index is too large");
}

TEST_CASE("an enumerator that the program does not name is kept as its number") {
    alone<every_type::colour> event;
    acta::codec_of<alone<every_type::colour>>().decode(of({200}), &event);
    CHECK(static_cast<int>(event.value) == 200);
}

TEST_CASE("decoding into a used event reuses its memory") {
    alone<std::vector<std::string>> event{{std::string(1'000, 'x'), std::string(1'000, 'y')}};
    const bytes payload = encoded(alone<std::vector<std::string>>{{std::string(900, 'z'), std::string(900, 'w')}});
    largest_request = 0;
    acta::codec_of<alone<std::vector<std::string>>>().decode(payload, &event);
    CHECK(largest_request == 0);
    CHECK(event.value[1] == std::string(900, 'w'));
}
