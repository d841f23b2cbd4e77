// Entry decode: the first byte is the number of the entry's last event, the rest its data, with its checksum mended so that it gets behind it.
#include "store/entry.hpp"

#include "fuzzing.hpp"

using namespace fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const acta::detail::entry_place where{"account-ada", data[0], data[0], 1'000'000};
    const byte_span body = input(data, size).subspan(1);
    std::vector<std::byte> whole(body.begin(), body.end());
    acta::byte_writer(whole).fixed64(acta::detail::entry_checksum(where, body));
    static acta::detail::entry_reader reader;
    const bool good = answers([&] {
        const memory_limit limit(allowed(size, sizeof(acta::detail::entry_event)));
        reader.read(where, whole);
    });
    answers([&] { reader.read(where, body); });  // without the mended checksum
    if (!good) return 0;
    reader.read(where, whole);
    std::vector<std::byte> again;
    acta::detail::write_entry(again, where, reader.nonce(), reader.shared_metadata(), reader.events());
    acta::detail::entry_reader other;
    other.read(where, again);
    if (other.events().size() != reader.events().size()) broken("an entry that was read can be written and read");
    return 0;
}
