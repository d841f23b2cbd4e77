// What the fuzzed programs share: the events, the limit on memory, and an end with a sentence when a promise is broken.
#pragma once

#include <acta/event/encoding.hpp>
#include <acta/event/json.hpp>
#include <acta/event/resolution.hpp>

#include "event/every_type.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace fuzzing {

using acta::byte_span;

/// A broken promise: libFuzzer keeps the input that led here.
[[noreturn]] inline void broken(const char* promise) {
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

/// While it lives, an allocation of more than `most` bytes is a broken promise.
class memory_limit {
public:
    explicit memory_limit(std::size_t most);
    memory_limit(const memory_limit&) = delete;
    memory_limit& operator=(const memory_limit&) = delete;
    ~memory_limit();
};

/// Hostile bytes must not make a program ask for more than four times of what they fill when each of their bytes is one element of the
/// largest kind: `element` bytes of memory.
inline std::size_t allowed(std::size_t input, std::size_t element) { return 4 * element * (input + 16); }

inline const std::vector<const acta::event_codec*>& codecs() {
    static const std::vector<const acta::event_codec*> all = acta::event_list_of<every_type::events>().current;
    return all;
}

/// Runs `body`; failure is an answer, anything else that is thrown is none. True: it went through.
template <class Body>
bool answers(const Body& body) {
    try {
        body();
        return true;
    } catch (const acta::failure&) { return false; }
}

/// As an older program may have had it: fields turned round, with one more and without others, narrower integers, no optional.
enum class age : std::uint8_t { turned, longer, shorter, narrower, stricter };
constexpr std::size_t ages = 5;
acta::layout aged(acta::layout now, age how);

/// Every event as it is, in every age of it: layouts that must resolve.
struct pair {
    const acta::event_codec* codec;
    acta::layout stored;
};
const std::vector<pair>& pairs();

/// The part before the first zero byte, which is taken off `rest`.
std::string_view take_text(byte_span& rest);

inline byte_span input(const std::uint8_t* data, std::size_t size) { return std::as_bytes(std::span(data, size)); }

}  // namespace fuzzing
