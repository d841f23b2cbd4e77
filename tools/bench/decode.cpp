// resolve.four_fields: one event that is stored with other fields, resolved by name, against a straight decode of it.
// decode.four_fields: one decode of the four-field event, against cereal's PortableBinary on a fresh string stream.
#include <acta/event/match.hpp>

#include "bench.hpp"
#include "moved_event.hpp"

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

row resolve_row(bool quick) {
    const int rounds = quick ? 500'000 : 2'000'000;
    const auto nanoseconds = [rounds](acta::payload_path path, const std::vector<std::byte>& payload) {
        moved event;
        return seconds([&] {
                   for (int i = 0; i < rounds; ++i) path.read(payload, &event), keep(event);
               }) /
               rounds * 1e9;
    };
    const auto ours = [nanoseconds] {
        // The fields in another order, one narrower, one that went, and one that is not there yet.
        static const std::string layout = R"({"struct":[{"name":"note","type":"text"},{"name":"account","type":"text"},)"
                                          R"({"name":"branch","type":"text"},{"name":"amount","type":"i32"}]})";
        const moved original = example(123);
        std::vector<std::byte> payload;
        acta::byte_writer out(payload);
        out.text(original.note), out.text(original.account), out.text("EUR"), out.zigzag(original.amount);
        const acta::event_codec& codec = acta::codec_of<moved>();
        const acta::type_in_store stored{codec.type.name, codec.type.revision, acta::fingerprint_of(layout), layout};
        return nanoseconds({acta::resolve(stored, codec), codec, codec, 0}, payload);
    };
    const auto raw = [nanoseconds] {
        const acta::event_codec& codec = acta::codec_of<moved>();
        std::vector<std::byte> payload;
        const moved original = example(123);
        codec.encode(&original, payload);
        return nanoseconds({nullptr, codec, codec, 0}, payload);
    };
    return {"resolve.four_fields", "ns", 1'000, true, ours, raw};
}

}  // namespace bench
