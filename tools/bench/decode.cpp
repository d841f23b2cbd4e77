// decode.four_fields: one decode of the four-field event, against cereal's PortableBinary on a fresh string stream.
#include "bench.hpp"
#include "moved_event.hpp"

#include <acta/event/encoding.hpp>

namespace bench {

row decode_row(bool quick) {
    const int rounds = quick ? 500'000 : 2'000'000;
    const auto ours = [rounds] {
        const acta::event_codec& codec = acta::codec_of<moved>();
        std::vector<std::byte> bytes;
        const moved original = example(123);
        codec.encode(&original, bytes);
        moved event;
        const double took = seconds([&] {
            for (int i = 0; i < rounds; ++i) codec.decode(bytes, &event), keep(event);
        });
        return took / rounds * 1e9;
    };
    const auto raw = [rounds] {
        const std::string bytes = portable(example(123));
        const int fewer = rounds / 10;
        const double took = seconds([&] {
            for (int i = 0; i < fewer; ++i) keep(from_portable(bytes));
        });
        return took / fewer * 1e9;
    };
    return {"decode.four_fields", "ns", 60, true, ours, raw};
}

}  // namespace bench
