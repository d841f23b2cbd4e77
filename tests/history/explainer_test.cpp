// Histories that cannot have happened, one for each rule: the explainer objects to every one of them.
#include "explainer.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace acta;
using namespace tests;
using kind = expected_version::kind;

namespace {

constexpr int red = 0, green = 1;
constexpr std::int64_t id = 7;

operation sent(std::int64_t number, int caller, std::int64_t began, std::int64_t ended, std::vector<sent_write> writes) {
    operation one;
    one.number = one.call = number;
    one.caller = caller;
    one.began = began, one.ended = ended;
    one.writes = std::move(writes);
    return one;
}

void stored(operation& one, position first, position last, std::vector<version> versions) {
    one.how = ending::stored;
    one.first = first, one.last = last;
    one.versions = std::move(versions);
}

/// Six appends of three callers, of which each ends in another way; a reader and two who look.
history true_one() {
    history all;
    all.operations = {
        sent(1, 1, 10, 20, {{1, kind::none, 0, {{red, 0b01}, {green, 0b00}}}}),
        sent(2, 1, 30, 50, {{1, kind::exactly, 2, {{red, 0}}}}),
        sent(3, 2, 30, 40, {{1, kind::exactly, 2, {{green, 0b11}}}, {2, kind::any, 0, {{red, 0}}}}),
        sent(4, 2, 80, 90, {{2, kind::exists, 0, {{red, 0}}}}),
        sent(5, 3, 45, 60, {{3, kind::any, 0, {{red, 0}}}}),
        sent(6, 3, 61, 70, {{3, kind::any, 0, {{red, 0}}}}),
    };
    stored(all.operations[0], 1, 2, {2});
    operation& too_late = all.operations[1];
    too_late.how = ending::stream_conflict;
    too_late.stream = 1, too_late.actual = 3, too_late.positions = {3}, too_late.head = 4;
    all.operations[2].id = id;
    all.operations[2].conditions = {{{{1U << green, 0b10}}, 2}};
    stored(all.operations[2], 3, 4, {3, 1});
    stored(all.operations[3], 5, 5, {2});
    operation& matched = all.operations[4];
    matched.conditions = {{{{1U << green, 0b10}, {0, 0b01}}, 0}};
    matched.how = ending::condition_conflict;
    matched.positions = {1, 3}, matched.head = 4;
    operation& again = all.operations[5];
    again.id = id;
    again.how = ending::already_done;
    again.first = 3, again.last = 4, again.versions = {3, 1};
    all.log = {{1, 1, 100, {red, 0b01}}, {1, 2, 101, {green, 0}}, {1, 3, 300, {green, 0b11}}, {2, 1, 301, {red, 0}}, {2, 2, 400, {red, 0}}};
    all.answers = {{id, {3, 4, {3, 1}}}};
    all.readings = {{21, 22, 1, 2, {{1, 100}, {2, 101}}}, {35, 36, 1, 2, {}}, {41, 99, 1, 5, {{3, 300}, {4, 301}, {5, 400}}}};
    all.looks = {{41, 42, 1, 3, 3}, {95, 96, look::whole_log, 0, 5}, {71, 72, 2, 1, 4}};
    return all;
}

/// What is objected to when the true history is changed.
std::string changed(const std::function<void(history&)>& change) {
    history all = true_one();
    change(all);
    return objection_to(all);
}

bool says(const std::string& text, const char* part) {
    INFO("the objection: " << text);
    const bool there = text.find(part) != std::string::npos;
    CHECK(there);
    return there;
}

}  // namespace

TEST_CASE("a history that can have happened is not objected to") {
    CHECK(objection_to(true_one()) == "");
    CHECK(objection_to({}) == "");
}

TEST_CASE("no stale success: a version that was not the expected one, a condition that had been matched") {
    says(changed([](history& all) { all.operations[2].writes[0].number = 1; }), "stale success: append 3 of caller 2 expected version 1");
    says(changed([](history& all) { all.operations[0].writes[0].expected = kind::exists; }), "stale success: append 1");
    says(changed([](history& all) { all.operations[3].writes[0].expected = kind::none; }), "stale success: append 4");
    says(changed([](history& all) {
             all.operations[2].writes.push_back({3, kind::exists, 0, {}});
             all.operations[2].versions = all.operations[5].versions = all.answers[id].versions = {3, 1, 0};
         }),
         "stale success: append 3");
    says(changed([](history& all) {
             all.operations[2].conditions[0].after = 0, all.operations[2].conditions[0].items = {{0, 0b01}};
         }),
         "stale success: a condition of append 3 of caller 2 is matched by position 1");
    says(changed([](history& all) { all.operations[3].conditions = {{{{1U << green, 0}}, 2}}; }), "is matched by position 3");
}

TEST_CASE("a success that follows a conflict of its own call on the same stream is stale") {
    says(changed([](history& all) {
             all.operations[3].call = all.operations[2].call = 2;
             all.operations[3].caller = all.operations[2].caller = 1;
         }),
         "append 3 of caller 1 is stored, though an earlier append of its call to the same stream was not");
}

TEST_CASE("no unjustified conflict: what it tells was so while it was asked") {
    says(changed([](history& all) { all.operations[1].writes[0].number = 3; }), "unjustified conflict: append 2");
    says(changed([](history& all) { all.operations[1].writes[0].expected = kind::any; }), "unjustified conflict: append 2");
    says(changed([](history& all) { all.operations[1].actual = 4; }), "was told that stream 1 is at version 4, and it was at 3");
    says(changed([](history& all) { all.operations[1].head = 2, all.operations[1].actual = 2; }), "unjustified conflict: append 2");
    says(changed([](history& all) { all.operations[1].positions = {4}; }), "was told of other positions than stand behind");
    says(changed([](history& all) { all.operations[1].stream = 2; }), "a stream that it does not write to");
    says(changed([](history& all) { all.operations[1].head = 6; }), "at the head 6, which never was");
    says(changed([](history& all) { all.operations[4].conditions[0].after = 3; }), "unjustified conflict: nothing matched the condition");
    says(changed([](history& all) { all.operations[4].conditions[0].after = 1; }), "was told of other positions than match its condition");
    says(changed([](history& all) { all.operations[4].positions = {1, 2, 3}; }), "was told of other positions than match its condition");
    says(changed([](history& all) { all.operations[4].condition = 1; }), "a condition that it does not have");
}

TEST_CASE("a conflict is about a moment between its beginning and its end") {
    says(changed([](history& all) { all.operations[1].ended = 29; }), "time goes back");  // before position 3 was sent
    says(changed([](history& all) { all.operations[4].began = all.operations[4].ended = 29; }), "time goes back");
    says(changed([](history& all) { all.operations[1].began = 91, all.operations[1].ended = 92; }),
         "time goes back");  // position 5 was there
}

TEST_CASE("nothing is lost, nothing is there twice, nothing is there that nobody sent") {
    says(changed([](history& all) { all.log.pop_back(), all.readings.pop_back(); }), "append 4 of caller 2 was acknowledged and is lost");
    says(changed([](history& all) { all.log.push_back({1, 4, 100, {red, 0b01}}); }), "append 1 of caller 1 is stored twice");
    says(changed([](history& all) { all.log.push_back({1, 4, 900, {red, 0}}); }), "position 6 holds what nobody sent");
    says(changed([](history& all) {
             all.log.push_back({3, 1, 500, {red, 0}});
         }),
         "append 5 of caller 3 was refused and is stored all the same");
    says(changed([](history& all) {
             all.operations[5].id = 8, all.log.push_back({3, 1, 600, {red, 0}});
         }),
         "already done and is stored all the same");
    says(changed([](history& all) { all.operations[1].number = 1; }), "two appends were recorded");
    says(changed([](history& all) { all.operations[3].how = ending::refused; }), "append 4 of caller 2 was refused and is stored");
    CHECK(changed([](history& all) { all.operations[3].how = ending::unknown; }) == "");
    CHECK(changed([](history& all) { all.operations[4].how = ending::refused; }) == "");
}

TEST_CASE("an append is stored whole, where it was told") {
    says(changed([](history& all) { std::swap(all.log[0], all.log[1]); }), "append 1 of caller 1 is torn");
    says(changed([](history& all) { all.log[2].what.tags = 0b01; }), "append 3 of caller 2 is torn at position 3");
    says(changed([](history& all) { all.log[3].stream = 1; }), "append 3 of caller 2 is torn at position 4");
    says(changed([](history& all) { all.log[4].number = 401; }), "append 4 of caller 2 is torn at position 5");
    says(changed([](history& all) { all.operations[3].writes[0].notes.push_back({red, 0}); }), "cut short by the end of the log");
    says(changed([](history& all) { all.log[4].version = 3; }), "the versions of stream 2 have a gap at position 5");
    says(changed([](history& all) { all.operations[3].first = all.operations[3].last = 4; }), "was told positions 4 to 4 and stands at 5");
    says(changed([](history& all) { all.operations[3].versions = {3}; }), "was told another version of stream 2");
    says(changed([](history& all) { all.operations[3].versions = {}; }), "the versions of other streams");
}

TEST_CASE("a command id is answered by one append, and every other sender of it got that answer") {
    says(changed([](history& all) { all.operations[3].id = id; }), "the command id 7 was answered by two appends, the second is append 4");
    says(changed([](history& all) { all.operations[5].first = all.operations[5].last = 5; }), "another place than the first one");
    says(changed([](history& all) { all.operations[5].last = 3; }), "another end than the first one");
    says(changed([](history& all) { all.operations[5].versions = {3}; }), "other versions than the first one");
    says(changed([](history& all) { all.operations[5].id = 8; }), "nothing with its command id is stored");
    says(changed([](history& all) { all.operations[4].id = id; }),
         "answered with a conflict, though its command id had been answered before");
    says(changed([](history& all) { all.answers.clear(); }), "the answer to the command id 7 is lost");
    says(changed([](history& all) { all.answers[8] = {5, 5, {2}}; }), "no append with it is stored");
    says(changed([](history& all) { all.answers[id].last = 3; }), "names another place");
    says(changed([](history& all) { all.answers[id].versions = {3}; }), "names other versions");
    says(changed([](history& all) { all.operations[5].began = 20, all.operations[5].ended = 25; }),
         "time goes back");  // before the first one was sent
}

TEST_CASE("what was acknowledged before another append began is not behind it") {
    // Append 4, at position 5, has ended before append 3, at positions 3 and 4, begins.
    says(changed([](history& all) {
             all = history{{all.operations[0], all.operations[2], all.operations[3]}, {}, {}, all.log, all.answers};
             all.operations[1].began = 91, all.operations[1].ended = 95;
             all.operations[2].caller = 3;
         }),
         "time goes back: position 3 was not there when its append began, and position 5, which is not before it, was there 1 ns earlier, "
         "when "
         "its append was acknowledged");
}

TEST_CASE("the appends of one caller stand in the order in which they were sent, also where it did not wait") {
    const auto ahead = [](history& all) {
        for (operation& one : all.operations) one.began = 1, one.ended = 99;
        all.readings = {{100, 101, 1, 5, {{1, 100}, {2, 101}, {3, 300}, {4, 301}, {5, 400}}}}, all.looks.clear();
    };
    CHECK(changed(ahead) == "");
    says(changed([&](history& all) { ahead(all), std::swap(all.operations[2], all.operations[3]); }),
         "append 3 of caller 2 overtook what the same caller had sent before it");
    says(changed([&](history& all) { ahead(all), all.operations[4].caller = 1, std::swap(all.operations[0], all.operations[4]); }),
         "append 1 of caller 1 overtook");
}

TEST_CASE("a reader sees every position once, gapless and rising, to the end") {
    says(changed([](history& all) { all.readings[2].notes.erase(all.readings[2].notes.begin()); }), "reader 1 saw position 4 next to 2");
    says(changed([](history& all) { all.readings[2].notes.insert(all.readings[2].notes.begin(), {2, 101}); }), "saw position 2 next to 2");
    says(changed([](history& all) { std::swap(all.readings[0].notes[0], all.readings[0].notes[1]); }), "saw position 2 next to 0");
    says(changed([](history& all) { all.readings[2].notes[0].number = 301; }), "saw at position 3 what is not stored there");
    says(changed([](history& all) { all.readings[2].notes.push_back({6, 500}), all.readings[2].head = 6; }), "what is not stored there");
    says(changed([](history& all) { all.readings[2].notes.pop_back(), all.readings[2].head = 4; }), "reader 1 ended at position 4");
    says(changed([](history& all) { all.readings[1].head = 3; }), "was told the head 3 and saw 2");
}

TEST_CASE("a reader never sees half of a call") {
    says(changed([](history& all) {
             all.readings[1] = {35, 36, 1, 3, {{3, 300}}};
             all.readings[2].notes.erase(all.readings[2].notes.begin());
         }),
         "reader 1 saw half of a call: its reading ends at 3");
}

TEST_CASE("what was acknowledged before a reading or a look began is seen by it, and nothing before it was sent") {
    says(changed([](history& all) { all.readings[1].began = 41, all.readings[1].ended = 42; }),
         "position 3 was not there when a reading that began did not see it");
    says(changed([](history& all) { all.readings[0].began = 1, all.readings[0].ended = 9; }), "when a reader saw it");
    says(changed([](history& all) {
             all.looks[0] = {41, 42, 1, 2, 2};
         }),
         "position 3 was not there when a look that began did not find it");
    says(changed([](history& all) { all.looks[1].position = 4; }), "position 5 was not there when a look that began did not find it");
    says(changed([](history& all) { all.looks[2] = {71, 72, 2, 2, 5}; }), "when a look found it");
    says(changed([](history& all) { all.looks[0].version = 2; }), "where it is not");
    says(changed([](history& all) { all.looks[0].position = 4; }), "where it is not");
    says(changed([](history& all) { all.looks[1].position = 6; }), "which never was");
}
