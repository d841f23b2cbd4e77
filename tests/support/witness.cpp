// What a test has sent to a store, what it was answered, and whether what is stored can be true.
#include "witness.hpp"

#include <acta/store/ranges.hpp>

#include "reading.hpp"

#include <doctest/doctest.h>

using namespace acta;

namespace tests {

/// Decided without random numbers: whether versions are known must not change what is sent.
expected_version witness::expectation(const std::string& id) const {
    if (!versions_known_ || next_number_ % 3 != 0) return any;
    const auto found = versions_.find(id);
    return exactly(found == versions_.end() ? 0 : found->second);
}

append_request witness::make_request(request& note) {
    append_request one;
    const std::size_t streams = 1 + random_() % 3;
    for (std::size_t s = 0; s < streams; ++s) {
        const std::string id = std::to_string(10 * s + random_() % 10);
        const expected_version expected = expectation(id);
        std::vector<new_event> events;
        for (std::size_t i = 1 + random_() % 4; i > 0; --i) {
            note.numbers.push_back(next_number_);
            events.push_back(deposited{next_number_++});
        }
        versions_[id] += static_cast<version>(events.size());
        one.writes.push_back({account(id), expected, std::move(events)});
    }
    if (random_() % 4 == 0) {
        one.id = command_id(note.id = "order " + std::to_string(next_number_));
        one.command = "deposit";
    }
    return one;
}

void witness::append_something(sqlite_log& log) {
    call now;
    std::vector<append_request> requests;
    auto versions_before = versions_;
    for (std::size_t i = random_() % 3 == 0 ? 1 + random_() % 8 : 1; i > 0; --i) {
        now.requests.emplace_back();
        requests.push_back(make_request(now.requests.back()));
    }
    const auto ended = [&](ending how) {
        now.how = how;
        ++(how == ending::unknown ? unknown_ : refused_);
        if (how == ending::unknown) versions_known_ = false;
        else versions_ = std::move(versions_before);
        sent_.push_back(std::move(now));
    };
    try {
        const std::vector<append_result> answers = send(log, requests);
        for (std::size_t i = 0; i < answers.size(); ++i) now.requests[i].first = answers[i].value().first_position;
        now.how = ending::acknowledged;
        acknowledged_ += answers.size();
        sent_.push_back(std::move(now));
    } catch (const failure& why) {
        REQUIRE(why.code() != errc::conflict);
        ended(why.code() == errc::unknown_outcome ? ending::unknown : ending::refused);
        throw;
    } catch (const std::bad_alloc&) {
        ended(ending::refused);
        throw;
    }
}

std::vector<std::int64_t> witness::stored_in(const sqlite_log& log) {
    const position head = log.head();
    check_gapless(log, head);
    std::vector<std::int64_t> stored;
    std::map<std::string, version> versions;
    for (const auto& each : log | views::of<deposited>) stored.push_back(each->cents), ++versions[std::string(each.stream().id())];
    REQUIRE(static_cast<position>(stored.size()) == head);
    versions_ = std::move(versions);
    versions_known_ = true;
    return stored;
}

bool witness::stands_at(const std::vector<std::int64_t>& stored, const call& one, std::size_t at) {
    for (const request& each : one.requests)
        for (const std::int64_t number : each.numbers)
            if (at >= stored.size() || stored[at++] != number) return false;
    return true;
}

std::size_t witness::size_of(const call& one) {
    std::size_t size = 0;
    for (const request& each : one.requests) size += each.numbers.size();
    return size;
}

void witness::believe(call& one, std::size_t at) {
    one.how = ending::acknowledged;
    for (request& each : one.requests) {
        each.first = static_cast<position>(at) + 1;
        at += each.numbers.size();
    }
}

void witness::check(const sqlite_log& log) {
    const std::vector<std::int64_t> stored = stored_in(log);
    std::vector<call> there, gone;
    std::size_t at = 0;
    for (call& each : sent_) {
        if (each.how == ending::acknowledged) {
            REQUIRE(stands_at(stored, each, at));
            REQUIRE(each.requests.front().first == static_cast<position>(at) + 1);
        } else if (each.how == ending::refused || !stands_at(stored, each, at)) {
            gone.push_back(std::move(each));
            continue;
        }
        believe(each, at);
        at += size_of(each);
        there.push_back(std::move(each));
    }
    REQUIRE(at == stored.size());
    sent_ = std::move(there);
    check_answers(log, gone);
}

void witness::check_beginning(const sqlite_log& log) {
    const std::vector<std::int64_t> stored = stored_in(log);
    std::vector<call> there, gone;
    std::size_t at = 0;
    for (call& each : sent_) {
        if (each.how == ending::refused || at == stored.size()) {
            lost_ += each.how == ending::acknowledged ? each.requests.size() : 0;
            gone.push_back(std::move(each));
            continue;
        }
        REQUIRE(stands_at(stored, each, at));
        REQUIRE((each.how != ending::acknowledged || each.requests.front().first == static_cast<position>(at) + 1));
        believe(each, at);
        at += size_of(each);
        there.push_back(std::move(each));
    }
    REQUIRE(at == stored.size());
    sent_ = std::move(there);
    check_answers(log, gone);
}

void witness::check_answers(const sqlite_log& log, const std::vector<call>& gone) const {
    for (const call& one : sent_)
        for (const request& each : one.requests) {
            if (each.id.empty()) continue;
            const auto answer = log.find_answer(command_id(each.id));
            REQUIRE(answer);
            REQUIRE(answer->what.first_position == each.first);
        }
    for (const call& one : gone)
        for (const request& each : one.requests) {
            if (each.id.empty()) continue;
            const bool answered = log.find_answer(command_id(each.id)).has_value();
            REQUIRE_FALSE(answered);
        }
}

}  // namespace tests
