// Writes the corpora: one small input of each kind. Run it with the folder `corpus` when the events or formats of the targets change.
#include "fuzzing.hpp"
#include "store/entry.hpp"

#include <filesystem>
#include <fstream>

using namespace fuzzing;

namespace {

std::filesystem::path top;

void write(const char* target, const std::string& name, std::uint8_t first, std::string_view rest) {
    std::filesystem::create_directories(top / target);
    std::ofstream(top / target / name, std::ios::binary) << static_cast<char>(first) << rest;
}

std::string payload_of(const every_type::sample& sample) {
    return std::visit(
        []<class E>(const E& event) {
            std::vector<std::byte> out;
            acta::codec_of<E>().encode(&event, out);
            return std::string(acta::text_of(out));
        },
        sample);
}

void write_payloads() {
    std::size_t number = 0;
    for (const every_type::sample& sample : every_type::samples()) {
        const std::string payload = payload_of(sample);
        if (payload.size() > 300) continue;
        const std::string name = "sample_" + std::to_string(++number);
        const auto event = static_cast<std::uint8_t>(sample.index());
        write("payload", name, event, payload);
        write("json", name, event, payload);
        write("resolution", name, static_cast<std::uint8_t>(event * (ages + 1)), payload);
    }
}

void write_layouts() {
    for (std::size_t i = 0; i < pairs().size(); ++i) {
        const pair& each = pairs()[i];
        const std::string name = "layout_" + std::to_string(i), text = each.stored.to_text();
        if (i % (ages + 1) != 0) write("resolution", name, 255, text + '\0' + each.codec->layout_text + '\0' + "\x01\x02text");
        if (i % (ages + 1) == 0) write("json", name, 255, text + '\0' + std::string(20, '\x01'));
        std::filesystem::create_directories(top / "layout_text");
        if (i % (ages + 1) == 0) std::ofstream(top / "layout_text" / name, std::ios::binary) << text;
    }
}

void write_entries() {
    const std::uint64_t tags[] = {1, 300};
    acta::metadata own, shared;
    own.with("reason", "fee");
    shared.with_actor("teller-7");
    const std::string payload = payload_of(every_type::samples().front());
    const acta::detail::entry_event plain{.type = 1, .tags = {}, .own_metadata = {}, .payload = acta::bytes_of(payload)};
    const acta::detail::entry_event rich{.type = 70'000, .tags = tags, .own_metadata = own.bytes(), .payload = {}};
    const auto write_one = [&](const char* name, const std::vector<acta::detail::entry_event>& events) {
        std::vector<std::byte> out;
        acta::detail::write_entry(out, {"account-ada", 9, 9, 1'000'000}, 42, shared.bytes(), events);
        write("entry", name, 9, acta::text_of(byte_span(out).first(out.size() - 8)));
    };
    write_one("plain", {plain});
    write_one("rich", {rich});
    write_one("several", {plain, rich, plain, rich, rich});
}

void write_names() {
    write("names", "stream", 0, "account-ada");
    write("names", "tag", 1, "month:may");
    write("names", "text", 2, "red \x1b[31m \xff \xc3\xbc");
}

/// The words behind the verbs, by their place in command_line.cpp.
void write_command_lines() {
    using namespace std::string_literals;
    const auto write_one = [](const char* verb, std::uint8_t number, std::string_view words) {
        write("command_line", verb, number, words);
    };
    write_one("events", 0, "@\0--stream\0account-1\0--type\0account.opened\0--from\0001\0--to\0002\0--limit\0003\0--backward\0--json"s);
    write_one("streams", 1, "--category=account\0--\0@\0"s);
    write_one("info", 2, "@\0--json"s);
    write_one("verify", 3, "@");
    write_one("help", 4, "events");
    write_one("layout", 5, "@\0--json"s);
    write_one("projections", 6, "@\0--read-model\0x"s);
    write_one("dead_letters", 7, "@\0--read-model\0x"s);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "usage: %s CORPUS\n", argv[0]), 2;
    top = argv[1];
    write_payloads();
    write_layouts();
    write_entries();
    write_names();
    write_command_lines();
    return 0;
}
