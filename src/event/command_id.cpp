// Command ids: UUIDv7 made here, or texts from outside.
#include <acta/event/command_id.hpp>
#include <acta/event/result.hpp>

#include "text.hpp"

#include <sys/random.h>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace acta {

namespace {

// A counter in front of the random bits keeps the ids of one process in order within a millisecond (RFC 9562, 6.2, method 1).
std::uint64_t next_tick() {
    static std::atomic<std::uint64_t> last{0};  // milliseconds << 12 | counter
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const std::uint64_t fresh = static_cast<std::uint64_t>(now) << 12;
    std::uint64_t before = last.load(std::memory_order_relaxed);
    std::uint64_t mine = 0;
    do { mine = before >= fresh ? before + 1 : fresh; } while (!last.compare_exchange_weak(before, mine, std::memory_order_relaxed));
    return mine;
}

// SplitMix64 (Steele, Lea, Flood 2014) over a seed from the system: ids have to be unique, not secret. 62 bits of it stand in each id.
std::uint64_t next_random() {
    static std::atomic<std::uint64_t> state{[] {
        std::uint64_t seed = 0;
        if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
            throw failure(errc::io, "the system gave no random bytes for a command id: try again");
        return seed;
    }()};
    std::uint64_t z = state.fetch_add(0x9e3779b97f4a7c15, std::memory_order_relaxed) + 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

}  // namespace

command_id::command_id(std::string_view text) : held_(std::string(text)) {
    if (text.empty()) throw failure(errc::bad_name, "a command id is empty: give 1 to 200 bytes, or leave it out");
    if (text.size() > max_size)
        throw failure(errc::bad_name, "the command id " + detail::in_quotes(text) + " is longer than 200 bytes: send a shorter one");
    if (!detail::printable_utf8(text))
        throw failure(errc::bad_name, "the command id " + detail::in_quotes(text) +
                                          " is not valid UTF-8 without control characters: send 16 bytes or plain text");
}

command_id command_id::make() {
    const std::uint64_t tick = next_tick();
    const std::uint64_t high = ((tick >> 12) << 16) | 0x7000 | (tick & 0xfff);
    const std::uint64_t low = (next_random() >> 2) | 0x8000000000000000;
    uuid bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::byte>(high >> (8 * (7 - i)));
        bytes[8 + i] = static_cast<std::byte>(low >> (8 * (7 - i)));
    }
    return bytes;
}

std::string command_id::text() const {
    if (const auto* bytes = as_uuid()) return uuid_text(*bytes);
    if (const auto* text = as_text()) return *text;
    return {};
}

std::string uuid_text(const command_id::uuid& bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += digits[static_cast<unsigned>(bytes[i]) >> 4];
        out += digits[static_cast<unsigned>(bytes[i]) & 15];
    }
    return out;
}

}  // namespace acta
