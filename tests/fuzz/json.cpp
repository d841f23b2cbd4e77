// JSON of payloads: the first byte chooses an event whose payload follows; beyond those the input is a layout, ended by a zero, then a payload.
#include "fuzzing.hpp"

#include <nlohmann/json.hpp>

using namespace fuzzing;

namespace {

void render(const acta::layout& of, byte_span payload) {
    std::string text;
    // A byte becomes six of an escaped control character, or the names of its fields; the text itself may grow to twice its size.
    if (!answers([&] { text = acta::payload_to_json(of, payload); })) return;
    if (!nlohmann::json::accept(text)) broken("the JSON of a payload is JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    byte_span rest = input(data, size).subspan(1);
    if (data[0] < codecs().size()) {
        const memory_limit limit(allowed(size, 96));
        render(codecs()[data[0]]->shape, rest);
        return 0;
    }
    const std::string_view text = take_text(rest);
    answers([&] {
        const acta::layout of = acta::layout::from_text(text);
        const memory_limit limit(allowed(size, 4 * (text.size() + 16)));  // each byte may be a structure with all of its names
        render(of, rest);
    });
    return 0;
}
