// What processes said of their requests before they were killed, and whether what is stored can be true.
#include "last_words.hpp"

#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace acta;

namespace tests {

namespace {

/// Which request an event belongs to that is its first.
std::int64_t request_of(const seen& event) {
    REQUIRE(event.type == deposited::event.name);
    deposited first;
    codec_of<deposited>().decode(std::as_bytes(std::span(event.payload)), &first);
    return first.cents >> bits_of_request;
}

bool is(const seen& stored, const stream_name& stream, const new_event& sent) {
    std::string tags;
    for (const tag& each : sent.tags()) tags += each.text() + " ";
    return stored.stream == stream.text() && stored.type == sent.codec().type.name && stored.payload == text_of(sent.payload()) &&
           stored.tags == tags;
}

position size_of(const append_request& what) {
    std::size_t size = 0;
    for (const stream_write& write : what.writes) size += write.events.size();
    return static_cast<position>(size);
}

}  // namespace

void last_words::hear(const std::string& line) {
    std::istringstream in(line);
    std::string word;
    std::int64_t number = 0;
    in >> word >> number;
    if (word == "send") {
        std::int64_t seen = 0, call = 0;
        in >> seen >> call;
        REQUIRE(sent_.emplace(number, request{.what = make_request(number, seen), .call = call}).second);
    } else if (word == "stored") {
        request& one = sent_.at(number);
        one.how = ending::stored;
        in >> one.where.first;
        for (version each = 0; in >> each;) one.where.versions.push_back(each);
        ++acknowledged_;
    } else if (word == "conflict") {
        sent_.at(number).how = ending::conflict;
        ++conflicts_;
    }
}

bool last_words::holds(const append_request& what) {
    for (const stream_write& write : what.writes)
        if (!write.expected.holds(ends_[write.stream.text()])) return false;
    for (const condition& each : what.conditions)
        if (newest_[each.what.items[0].tags[0].text()] > each.after) return false;
    return true;
}

last_words::places last_words::stored_in(const acta::log& log) {
    const std::vector<seen> all = read_all(log);
    REQUIRE(log.head() == static_cast<position>(all.size()));
    ends_.clear(), newest_.clear();
    places found;
    for (auto at = all.begin(); at != all.end();) {
        const std::int64_t number = request_of(*at);
        CAPTURE(number);
        REQUIRE(sent_.contains(number));
        const append_request& what = sent_[number].what;
        REQUIRE(holds(what));
        place here{.first = at->position};
        for (const stream_write& write : what.writes) {
            for (const new_event& event : write.events) {
                REQUIRE(at != all.end());
                REQUIRE(at->position == at - all.begin() + 1);
                REQUIRE(at->version == ++ends_[at->stream]);
                REQUIRE(is(*at, write.stream, event));
                for (const tag& each : event.tags()) newest_[each.text()] = at->position;
                ++at;
            }
            here.versions.push_back(ends_[write.stream.text()]);
        }
        REQUIRE(found.emplace(number, std::move(here)).second);
    }
    return found;
}

void last_words::check(const acta::log& log) {
    const places found = stored_in(log);
    for (auto& [number, one] : sent_) {
        CAPTURE(number);
        const auto at = found.find(number);
        compare(one, at != found.end() ? &at->second : nullptr);
        check_answer(log, one);
    }
    check_order();
}

void last_words::compare(request& one, const place* found) {
    switch (one.how) {
    case ending::stored:
        REQUIRE(found != nullptr);
        REQUIRE(one.where == *found);
        break;
    case ending::conflict:
        REQUIRE(found == nullptr);
        REQUIRE_FALSE(holds(one.what));
        break;
    case ending::gone: REQUIRE(found == nullptr); break;
    case ending::unheard:
        one.how = found != nullptr ? ending::stored : ending::gone;
        if (found != nullptr) one.where = *found, ++unheard_but_stored_;
        one.to_be_asked = !one.what.id.empty();
        ++unheard_;
        break;
    }
}

void last_words::check_order() const {
    const request* before = nullptr;
    std::int64_t thread = -1, call = -1;
    position end = 0;
    bool missing = false;
    for (const auto& [number, one] : sent_) {
        CAPTURE(number);
        if (number >> bits_of_thread != thread) thread = number >> bits_of_thread, end = 0, missing = false;
        if (one.how == ending::conflict || one.came_later) continue;
        if (one.how == ending::stored) {
            REQUIRE_FALSE(missing);
            REQUIRE(one.where.first > end);
            if (one.call == call) REQUIRE(one.where.first == end + 1);
            end = one.where.first + size_of(one.what) - 1;
        } else {
            if (one.call == call) REQUIRE((before->how == ending::gone || before->came_later));
            missing = true;
        }
        call = one.call, before = &one;
    }
}

void last_words::check_answer(const acta::log& log, const request& one) {
    if (one.what.id.empty()) return;
    const auto kept = log.find_answer(one.what.id);
    REQUIRE(kept.has_value() == (one.how == ending::stored));
    if (!kept) return;
    REQUIRE(kept->command == one.what.command);
    REQUIRE(kept->what.first_position == one.where.first);
    REQUIRE(kept->what.last_position == one.where.first + size_of(one.what) - 1);
    REQUIRE(kept->what.versions == one.where.versions);
    REQUIRE((kept->what.answer == one.what.answer));
}

void last_words::send_again(acta::log& log) {
    for (auto& [number, one] : sent_) {
        CAPTURE(number);
        if (!one.to_be_asked) continue;
        one.to_be_asked = false;
        send_again(log, one);
        if (one.how == ending::stored) send_again(log, one);
    }
}

void last_words::send_again(acta::log& log, request& one) {
    ++sent_again_;
    const append_result answer = log.append(one.what);
    const bool already = one.how == ending::stored;
    if (!answer) {
        REQUIRE_FALSE(already);
        one.how = ending::conflict;
        return;
    }
    REQUIRE(answer->already_done == already);
    const place where{answer->first_position, answer->versions};
    if (already) REQUIRE(where == one.where);
    else one.how = ending::stored, one.where = where, one.came_later = true;
}

}  // namespace tests
