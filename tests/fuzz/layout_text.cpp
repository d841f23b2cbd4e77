// Layout text: what is accepted is written the one way, and survives the way back.
#include "fuzzing.hpp"

using namespace fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = acta::text_of(input(data, size));
    answers([&] {
        const memory_limit limit(allowed(size, sizeof(acta::layout)));  // `"u8",` is one node of the tree
        const acta::layout read = acta::layout::from_text(text);
        if (read.to_text() != text) broken("a layout has one text");
    });
    return 0;
}
