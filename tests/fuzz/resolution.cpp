// Resolution: the first byte chooses an event and how old its stored layout is; beyond those the input is two layouts, each ended by a
// zero, then a payload.
#include "fuzzing.hpp"

using namespace fuzzing;

namespace {

/// Between layouts that must resolve, whatever is a payload of one has to become a payload of the other.
void known(const pair& of, byte_span payload) {
    const acta::resolution resolve(of.stored, of.codec->shape);
    std::vector<std::byte> out;
    const bool rewritten = answers([&] {
        const memory_limit limit(allowed(payload.size(), 96));
        resolve.rewrite(payload, out);
    });
    const bool stored_well = answers([&] { acta::payload_to_json(of.stored, payload); });
    if (!stored_well) return;
    if (!rewritten) broken("resolution depends on the layouts alone");
    if (!answers([&] { acta::payload_to_json(of.codec->shape, out); })) broken("a resolved payload fits the program's layout");
    const auto event = of.codec->make();
    of.codec->decode(out, event.get());
}

void any(byte_span rest) {
    const std::string_view stored = take_text(rest), ours = take_text(rest);
    answers([&] {
        const acta::layout from = acta::layout::from_text(stored), to = acta::layout::from_text(ours);
        const acta::resolution resolve(from, to);
        std::vector<std::byte> out;
        const memory_limit limit(allowed(rest.size(), 96));
        resolve.rewrite(rest, out);
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_span rest = input(data, size).subspan(1);
    if (data[0] < pairs().size()) known(pairs()[data[0]], rest);
    else any(rest);
    return 0;
}
