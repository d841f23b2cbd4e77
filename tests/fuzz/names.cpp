// Names, and text on its way to a terminal. The first byte chooses: a stream's name, a tag, or a text.
#include <acta/event/envelope.hpp>
#include <acta/event/tag.hpp>

#include "event/text.hpp"
#include "fuzzing.hpp"
#include "json_line.hpp"
#include "text.hpp"

#include <nlohmann/json.hpp>

using namespace fuzzing;

namespace {

void name_a_stream(std::string_view text) {
    answers([&] {
        const acta::stream_name name(text);
        if (name.text() != text || std::string(name.category()) + "-" + name.id() != text) broken("a stream's name is its category and id");
        if (text.size() > 255 || !acta::detail::printable_utf8(text)) broken("a stream's name keeps the rules");
        if (acta::stream_name(name.category(), name.id()) != name) broken("a name is made of its parts");
    });
}

void name_a_tag(std::string_view text) {
    answers([&] {
        const acta::tag tag(text);
        if (acta::tag(tag.key(), tag.value()) != tag || tag.text() != text) broken("a tag is its key and value");
        if (text.size() > 200 || tag.key().empty() || !acta::detail::printable_utf8(text)) broken("a tag keeps the rules");
    });
}

void show(std::string_view text) {
    const std::string shown = acta::cli::terminal_safe(text);
    if (!acta::detail::printable_utf8(shown)) broken("nothing that a terminal obeys is shown");
    if (acta::cli::terminal_safe(shown) != shown) broken("what is fit for a terminal is shown as it is");
    if (!acta::detail::printable_utf8(acta::detail::in_quotes(text)) || !acta::detail::printable_utf8(acta::detail::printable(text)))
        broken("what is quoted is printable");
    if (!nlohmann::json::accept(acta::cli::terminal_safe(acta::cli::json_line("x").text("text", text).finish())))
        broken("a line of JSON is JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view rest = acta::text_of(input(data, size).subspan(1));
    switch (data[0] % 3) {
    case 0: name_a_stream(rest); break;
    case 1: name_a_tag(rest); break;
    default: show(rest);
    }
    return 0;
}
