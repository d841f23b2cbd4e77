// What a golden store holds.
#include "history.hpp"

#include <acta/event/json.hpp>

#include "event/changed_events.hpp"
#include "event/every_type.hpp"

namespace golden {

namespace {

using acta::append_request;
using acta::new_event;
using acta::stream_name;

append_request append(const char* stream, std::vector<new_event> events) {
    append_request made;
    made.writes.push_back({stream_name(stream), acta::any, std::move(events)});
    return made;
}

std::vector<std::byte> bytes(std::string_view text) {
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
}

}  // namespace

const acta::command_id order("order-1");
const acta::command_id transfer(acta::command_id::uuid{std::byte{1}, std::byte{2}, std::byte{0xff}});

acta::snapshot snapshot_of_ada() {
    const auto before = static_cast<acta::position>(every_type::samples().size());
    return {stream_name("account-ada"), 6, before + 6, 42, bytes("120 cents")};
}

std::vector<append_request> history() {
    using namespace changed;
    std::vector<append_request> all;
    for (const every_type::sample& sample : every_type::samples())
        all.push_back(append("types-all", {std::visit([](const auto& event) { return new_event(event); }, sample)}));

    all.push_back(append("account-ada", {opened_v1{"Ada Lovelace"}, deposited_v1{100, 3}, bonus_granted{7}}));
    all.push_back(append("account-ada", {blocked{"a debt"}, opened_v2{"Grace", "Hopper"}, deposited{20}}));

    append_request both =
        append("account-eve", {opened{"Eve", 1} | acta::tagged("owner", "eve") | acta::with("reason", "first"), deposited{5}});
    both.writes.push_back({stream_name("account-bob"),
                           acta::none,
                           {opened{"B\xc3\xb6"
                                   "b",
                                   1} |
                            acta::tagged("owner", "bob")}});
    both.metadata.with_actor("teller-7").with_correlation(acta::command_id("a text")).with_causation(acta::command_id("another"));
    both.metadata.with_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    both.metadata.with_occurred_at(acta::timestamp(std::chrono::microseconds(1'700'000'000'123'456)));
    both.metadata.with("channel", "counter");
    all.push_back(std::move(both));

    append_request many = append("account-eve", {});
    for (int i = 1; i <= 300; ++i) many.writes.front().events.emplace_back(deposited{i});  // more than one entry holds
    all.push_back(std::move(many));

    append_request once = append("account-eve", {deposited{301}});
    once.id = order;
    once.command = "account.deposit";
    once.answer = bytes("thanks");
    all.push_back(std::move(once));
    append_request refused;  // an answer without events
    refused.id = transfer;
    refused.command = "account.withdraw";
    refused.answer = bytes("no cover");
    all.push_back(std::move(refused));

    append_request kept = append("account-ada", {deposited{21}});
    kept.snapshot = snapshot_of_ada();
    all.push_back(std::move(kept));
    return all;
}

std::string lines_of(const acta::log& log) {
    std::string lines;
    for (const acta::stored_event& event : log.read()) {
        const acta::stored_type& type = log.type(event.type);
        acta::metadata about;
        about.assign_checked(event.shared_metadata, event.own_metadata);
        lines += std::to_string(event.position) + " " + std::string(event.stream) + "@" + std::to_string(event.version) + " " + type.name +
                 "@" + std::to_string(type.revision) + " " + acta::iso8601(event.recorded_at.time_since_epoch().count()) + " " +
                 acta::payload_to_json(acta::layout::from_text(type.layout_text), event.payload);
        for (const auto& [key, value] : about.items()) lines += " " + key + "=" + value;
        for (const std::string_view tag : event.tags) lines += " " + std::string(tag);
        lines += "\n";
    }
    return lines;
}

}  // namespace golden
