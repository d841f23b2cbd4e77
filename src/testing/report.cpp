// Passing a verdict to doctest, with a place that is not ours.
#include <acta/event/json.hpp>
#include <acta/testing/report.hpp>

#include <doctest/doctest.h>

namespace acta::testing {

void report(bool passed, const std::string& text, const std::source_location& where) {
    const int line = static_cast<int>(where.line());
    if (passed) {
        doctest::detail::ResultBuilder held(doctest::assertType::DT_CHECK, where.file_name(), line, text.c_str());
        held.setResult(doctest::detail::Result(true, text.c_str()));
        held.log();
    } else {
        DOCTEST_ADD_FAIL_CHECK_AT(where.file_name(), line, text);
    }
}

std::string readable(const new_event& event) {
    std::string text(event.codec().type.name);
    if (event.codec().type.revision != 1) text += " revision " + std::to_string(event.codec().type.revision);
    text += ' ' + payload_to_json(layout::from_text(event.codec().layout_text), event.payload());
    for (const auto& [key, value] : event.metadata().items()) text += " | with(" + json_quoted(key) + ", " + json_quoted(value) + ")";
    for (const tag& tag : event.tags()) text += " | tagged(" + json_quoted(tag.key()) + ", " + json_quoted(tag.value()) + ")";
    if (!event.destination().text().empty()) text += " | to(" + json_quoted(event.destination().text()) + ")";
    return text;
}

}  // namespace acta::testing
