// What was written to a store, and whether a log tells exactly that, by every way of asking.
#include "written.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>

namespace tests {

using namespace acta;

namespace {

using events = std::vector<seen>;

void must(bool right, const char* otherwise) {
    if (!right) throw std::runtime_error(otherwise);
}

events reversed(events of) {
    std::reverse(of.begin(), of.end());
    return of;
}

events only(const events& all, const std::function<bool(const seen&)>& wanted) {
    events out;
    std::copy_if(all.begin(), all.end(), std::back_inserter(out), wanted);
    return out;
}

template <class T>
bool begins_with(const std::vector<T>& all, const std::vector<T>& part) {
    return part.size() <= all.size() && std::equal(part.begin(), part.end(), all.begin());
}

/// The same in the same order, some of it perhaps missing.
bool is_part(const events& of, const events& part) {
    auto at = of.begin();
    return std::all_of(part.begin(), part.end(), [&](const seen& one) {
        at = std::find(at, of.end(), one);
        return at != of.end() && (++at, true);
    });
}

std::vector<std::string> types_of(const log& from) {
    std::vector<std::string> out;
    for (const stored_type& type : from.types())
        out.push_back(type.name + " " + std::to_string(type.revision) + " " + std::to_string(type.fingerprint) + " " + type.layout_text);
    return out;
}

bool same(const answered& a, const answered& b) {
    const appended &x = a.what, &y = b.what;
    return a.command == b.command && a.recorded_at == b.recorded_at && x.first_position == y.first_position &&
           x.last_position == y.last_position && x.versions == y.versions && x.answer == y.answer;
}

bool same(const snapshot& a, const snapshot& b) {
    return a.stream == b.stream && a.version == b.version && a.position == b.position && a.fingerprint == b.fingerprint && a.data == b.data;
}

/// Reads by types, which no index helps with, and by tags, which are found through one.
bool finds_by_query(const log& from, const events& all) {
    const auto is_debit = [](const seen& one) { return one.type == "account.withdrawn"; };
    const auto of_may = [](const seen& one) { return says(one.tags, "month:5 "); };
    must(read_all(from, {.types = {"account.withdrawn"}}) == only(all, is_debit), "read by type it is otherwise");
    must(read_all(from, {.query = {{query_item{.types = {"account.withdrawn"}}}}}) == only(all, is_debit),
         "sought by type it is otherwise");
    const auto finds = [&](const query_item& item, direction way, const events& right) {
        const events found = read_all(from, {.direction = way, .query = {{item}}});
        must(is_part(right, found), "sought by tag it is otherwise");
        return found.size() == right.size();
    };
    const bool debits = finds({.tags = {tag("kind", "debit")}}, direction::forward, only(all, is_debit));
    const query_item both{.types = {"account.withdrawn"}, .tags = {tag("month", "5"), tag("kind", "debit")}};
    return finds(both, direction::backward, reversed(only(all, of_may))) && debits;
}

/// Finds, reads and lists each stream: an index may end it early, and nothing else.
bool finds_streams(const log& from, const events& all) {
    std::map<std::string, events> streams;
    for (const seen& one : all) streams[one.stream].push_back(one);
    bool finds = true;
    const auto check_end = [&](const stream_info& told, const events& right) {
        const bool there = 1 <= told.version && told.version <= static_cast<version>(right.size());
        must(there, "a stream ends where it never was");
        const seen& newest = right[static_cast<std::size_t>(told.version) - 1];
        must(newest.position == told.position && newest.recorded_at == told.recorded_at.time_since_epoch().count(),
             "a stream ends otherwise");
        finds &= told.version == right.back().version;
    };
    for (const auto& [name, right] : streams) {
        const events found = read_all(from, stream_name(name));
        must(begins_with(right, found), "a stream reads otherwise");
        must(read_all(from, stream_name(name), {.direction = direction::backward}) == reversed(found), "a stream turned reads otherwise");
        const auto told = from.find_stream(stream_name(name));
        if (told) check_end(*told, right);
        finds &= told && found.size() == right.size();
    }
    std::int64_t last = 0;
    for (const stream_info& each : from.streams(0, 1'000)) {
        const auto right = streams.find(each.name.text());
        must(each.id > last && right != streams.end(), "a stream is listed that is not there, or twice");
        check_end(each, right->second);
        last = each.id;
        streams.erase(right);
    }
    return finds && streams.empty();
}

bool finds_what_was_kept(const log& from, const written& good) {
    bool finds = true;
    const auto head = from.head();
    for (const written::answer& one : good.answers) {
        const auto found = from.find_answer(one.id);
        const bool there = one.what.what.last_position <= head;
        must(!found || (there && found->what.already_done && same(*found, one.what)), "an answer is another one");
        finds &= found.has_value() == there;
    }
    must(!from.find_answer(command_id("of nobody")), "a command is answered that nobody sent");
    std::map<std::string, const snapshot*> newest;  // of each stream; nothing where the store ends before
    for (const written::snapshot& one : good.snapshots) {
        const snapshot*& of = newest[one.what.stream.text()];
        if (one.kept_at <= head) of = &one.what;
    }
    for (const auto& [stream, right] : newest) {
        const auto found = from.find_snapshot(stream_name(stream));
        must(!found || (right != nullptr && same(*found, *right)), "a snapshot is another one");
        finds &= found.has_value() == (right != nullptr);
    }
    return finds;
}

}  // namespace

written written_by(const std::vector<append_request>& requests, const log& log) {
    written out{.events = read_all(log), .types = types_of(log)};
    position last = 0;
    for (const append_request& one : requests) {
        appended stored{.first_position = last + 1};
        stored.last_position = last += static_cast<position>(one.writes.front().events.size());
        const seen& newest = out.events.at(static_cast<std::size_t>(last) - 1);
        stored.versions = {newest.version}, stored.answer = one.answer;
        if (!one.id.empty())
            out.answers.push_back({one.id, {one.command, timestamp(std::chrono::microseconds(newest.recorded_at)), stored}});
        if (!one.snapshot.stream.text().empty()) out.snapshots.push_back({last, one.snapshot});
    }
    return out;
}

bool tells_all(const log& log, const written& good) {
    const events all = read_all(log);
    must(begins_with(good.events, all), "an event is another one");
    must(log.head() == static_cast<position>(all.size()), "a head that is not the last event");
    must(read_all(log, {.direction = direction::backward}) == reversed(all), "backwards it reads otherwise");
    must(begins_with(good.types, types_of(log)), "a type is another one");
    const bool by_query = finds_by_query(log, all), by_stream = finds_streams(log, all);
    return finds_what_was_kept(log, good) && by_query && by_stream;
}

}  // namespace tests
