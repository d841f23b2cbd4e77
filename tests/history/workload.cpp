// Who appends to a store and who follows it.
#include "workload.hpp"

#include "notes.hpp"

#include <algorithm>
#include <future>
#include <span>
#include <stdexcept>

using namespace acta;
using kind = expected_version::kind;

namespace tests {

namespace {

constexpr int red = 0, green = 1, blue = 2;
constexpr std::int64_t appends_of_one_caller = 1'000'000;  // at most: numbers begin there
constexpr auto patience = std::chrono::seconds(60);

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1); }

condition condition_of(const sent_condition& what) {
    condition out{{}, what.after};
    for (const sent_item& item : what.items) {
        query_item one{{}, tags_of(item.tags)};
        for (int each = 0; each < note_kinds; ++each)
            if ((item.kinds >> each & 1U) != 0) one.types.push_back(name_of_kind(each));
        out.what.items.push_back(std::move(one));
    }
    return out;
}

}  // namespace

stream_name stream_of(int number) { return {"notes", std::to_string(number)}; }

command_id id_of(std::int64_t number) { return "request " + std::to_string(number); }

void caller::send(acta::log& to, int appends) {
    for (const std::int64_t enough = sent_ + appends; sent_ < enough;) {
        if (one_in(4)) look_around(to);
        const auto way = random_() % 10;
        if (way < 6) send_one(to);
        else if (way < 8) send_together(to, 2 + static_cast<int>(random_() % 5));
        else send_ahead(to, 2 + static_cast<int>(random_() % 15));
    }
}

void caller::end(acta::log& to) {
    operation& last = draw();
    last.writes = {{streams_in_use + number_, kind::none, 0, {{blue, 0}}}};
    last.conditions.clear(), last.id = 0;
    last.began = now();
    ends(last, to.append(request_of(last)));
}

operation& caller::draw() {
    operation& one = recorded.operations.emplace_back();
    one.caller = number_;
    one.number = one.call = number_ * appends_of_one_caller + ++sent_;
    one.writes.push_back(draw_write());
    if (one_in(6)) {
        one.writes.push_back(draw_write());
        if (one.writes[1].stream == one.writes[0].stream) one.writes.pop_back();
    }
    draw_rest(one);
    return one;
}

sent_write caller::draw_write() {
    sent_write one;
    one.stream = static_cast<int>(random_() % streams_in_use);
    const auto way = random_() % 20;
    one.expected = way < 8 ? kind::any : way < 10 ? kind::exists : way < 11 ? kind::none : kind::exactly;
    if (one.expected == kind::exactly) one.number = known_[one.stream] + (way > 17 ? 1 : 0);
    for (auto notes = 1 + random_() % 3; notes > 0; --notes)
        one.notes.push_back({one_in(2) ? red : green, static_cast<unsigned>(random_() & random_()) % (1U << note_tags)});
    return one;
}

void caller::draw_rest(operation& one) {
    if (one_in(4)) {
        sent_condition what;
        what.after = std::max<position>(0, head_ - static_cast<position>(random_() % 30));
        for (auto items = 1 + random_() % 2; items > 0; --items) {
            const auto bit = [&] { return 1U << random_() % note_tags; };
            what.items.push_back({one_in(2) ? 1U << random_() % 2 : 0U, one_in(2) ? bit() | bit() : bit()});
        }
        one.conditions.push_back(std::move(what));
    }
    if (one_in(5)) one.id = 1 + static_cast<std::int64_t>(random_() % commands_in_use);
}

/// What a program does before it decides: it looks where a stream, or the log, ends.
void caller::look_around(const acta::log& from) {
    look one;
    if (!one_in(4)) one.stream = static_cast<int>(random_() % streams_in_use);
    one.began = now();
    if (one.stream == look::whole_log) {
        one.position = from.head();
    } else if (const auto found = from.find_stream(stream_of(one.stream))) {
        one.version = found->version;
        one.position = found->position;
    }
    one.ended = now();
    if (one.stream == look::whole_log) head_ = one.position;
    else known_[one.stream] = one.version;
    recorded.looks.push_back(one);
}

void caller::send_one(acta::log& to) {
    operation& one = draw();
    const append_request request = request_of(one);
    one.began = now();
    try {
        ends(one, to.append(request));
    } catch (const failure& why) { fails(one, why); }
}

void caller::send_together(acta::log& to, int count) {
    const std::size_t from = recorded.operations.size();
    std::vector<append_request> requests;
    for (int i = 0; i < count; ++i) requests.push_back(request_of(draw()));
    const std::span<operation> all = std::span(recorded.operations).subspan(from);
    for (operation& one : all) one.call = all.front().number, one.began = now();
    try {
        const auto answers = to.append_all(requests);
        for (std::size_t i = 0; i < all.size(); ++i) ends(all[i], answers.at(i));
    } catch (const failure& why) {
        for (operation& one : all) fails(one, why);
    }
}

void caller::send_ahead(acta::log& to, int count) {
    const std::size_t from = recorded.operations.size();
    std::vector<std::future<append_result>> answers;
    for (int i = 0; i < count; ++i) {
        operation& one = draw();
        append_request request = request_of(one);
        one.began = now();
        answers.push_back(to.append_async(std::move(request)));
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        operation& one = recorded.operations[from + i];
        try {
            ends(one, answers[i].get());
        } catch (const failure& why) { fails(one, why); }
    }
}

append_request caller::request_of(const operation& one) const {
    append_request out;
    std::int64_t number = one.number * operation::most_notes;
    for (const sent_write& write : one.writes) {
        stream_write& made = out.writes.emplace_back(stream_write{stream_of(write.stream), write.expectation(), {}});
        for (const sent_note& each : write.notes) made.events.push_back(new_note(each.kind, each.tags, number++));
    }
    for (const sent_condition& what : one.conditions) out.conditions.push_back(condition_of(what));
    if (one.id != 0) out.id = id_of(one.id), out.command = "note";
    return out;
}

void caller::ends(operation& one, const append_result& answer) {
    one.ended = now();
    if (answer) {
        one.how = answer->already_done ? ending::already_done : ending::stored;
        one.first = answer->first_position, one.last = answer->last_position;
        one.versions = answer->versions;
        head_ = std::max(head_, one.last);
        for (std::size_t i = 0; i < one.writes.size() && !answer->already_done; ++i) known_[one.writes[i].stream] = one.versions.at(i);
        return;
    }
    const conflict& why = answer.error().conflict;
    one.how = why.condition ? ending::condition_conflict : ending::stream_conflict;
    one.positions = why.positions;
    one.head = head_ = why.head;
    if (why.condition) {
        one.condition = *why.condition;
    } else {
        one.stream = std::stoi(why.stream.id());
        known_[one.stream] = one.actual = why.actual;
    }
}

void caller::fails(operation& one, const failure& why) {
    one.ended = now();
    one.how = why.code() == errc::unknown_outcome ? ending::unknown : ending::refused;
}

history follow(const acta::log& from, int reader, int callers) {
    history out;
    position reached = 0;
    for (int ended = 0; ended < callers;) {
        look waited{.began = now()};
        waited.position = from.wait(reached, std::chrono::steady_clock::now() + patience);
        waited.ended = now();
        out.looks.push_back(waited);
        if (waited.position == reached) throw std::runtime_error("a follower has waited for a minute behind " + std::to_string(reached));
        reading one{.began = now(), .reader = reader};
        cursor events = from.read({.after = reached});
        one.head = events.head();
        for (const stored_event& event : events) {
            one.notes.push_back({event.position, number_of(event.payload)});
            if (from.type(event.type).name == name_of_kind(blue)) ++ended;
        }
        one.ended = now();
        reached = one.head;
        out.readings.push_back(std::move(one));
    }
    return out;
}

}  // namespace tests
