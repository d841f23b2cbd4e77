// Payload decode: the first byte chooses an event, the rest is its payload.
#include <acta/event/codec.hpp>

#include "fuzzing.hpp"

using namespace fuzzing;

namespace {

template <class E>
void decode(byte_span payload) {
    const acta::event_codec& codec = acta::codec_of<E>();
    static E event;  // filled again and again, as readers do
    const bool good = answers([&] {
        const memory_limit limit(allowed(payload.size(), 96));
        codec.decode(payload, &event);
    });
    if (!good) return;
    std::vector<std::byte> again, twice;
    codec.encode(&event, again);
    E other;
    codec.decode(again, &other);
    codec.encode(&other, twice);
    if (again != twice) broken("what was decoded and encoded decodes to the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace every_type;
    if (size == 0) return 0;
    static constexpr void (*all[])(byte_span) = {&decode<numbers>, &decode<words>,  &decode<lists>,       &decode<collections>,
                                                 &decode<times>,   &decode<shapes>, &decode<nothing_more>};
    all[data[0] % std::size(all)](input(data, size).subspan(1));
    return 0;
}
