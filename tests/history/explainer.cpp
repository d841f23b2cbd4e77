// Can it have happened so? One rule after the other; the first that is broken is the answer.
#include "explainer.hpp"

#include "timeline.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <unordered_map>

using acta::conflict;
using acta::position;
using acta::version;

namespace tests {

namespace {

struct objection : std::runtime_error {
    using runtime_error::runtime_error;
};

std::string text(std::int64_t number) { return std::to_string(number); }
std::string text(std::string_view words) { return std::string(words); }
std::string text(const operation& one) { return "append " + text(one.number) + " of caller " + text(one.caller); }

template <class... Part>
void hold(bool good, const Part&... part) {
    if (!good) throw objection((text(part) + ...));
}

bool matches(const sent_condition& what, const sent_note& one) {
    return std::any_of(what.items.begin(), what.items.end(), [&](const sent_item& item) {
        return (item.kinds == 0 || (item.kinds >> one.kind & 1U) != 0) && (one.tags & item.tags) == item.tags;
    });
}

class explainer {
public:
    explicit explainer(const history& what) : all_(what), op_at_(what.log.size() + 2, nullptr) {}

    void explain() {
        read_log();
        for (const operation& one : all_.operations) check_place(one);
        check_answers();
        for (const operation& one : all_.operations) check_beliefs(one);
        check_callers();
        check_readers();
        check_time();
    }

private:
    position head() const { return static_cast<position>(all_.log.size()); }
    const stored_note& at(position where) const { return all_.log[static_cast<std::size_t>(where - 1)]; }
    const std::vector<position>& stream(int which) const {
        static const std::vector<position> empty;
        const auto found = streams_.find(which);
        return found == streams_.end() ? empty : found->second;
    }
    /// Of a stream, when that was the newest position.
    version version_at(int which, position head) const {
        const auto& places = stream(which);
        return std::upper_bound(places.begin(), places.end(), head) - places.begin();
    }
    /// 0: it is not stored.
    position place_of(const operation& one) const {
        const auto found = places_.find(one.number);
        return found == places_.end() ? 0 : found->second;
    }

    void read_log();
    position read_append(position where, const operation& one);
    void check_place(const operation& one) const;
    void check_told(const operation& one, position first) const;
    void check_answers() const;
    void check_beliefs(const operation& one);
    void check_conflict(const operation& one, bool spoilt) const;
    void check_expected(const operation& one, position head) const;
    std::vector<position> matching(const sent_condition& what, position head) const;
    bool follows_a_conflict(const operation& one) const;
    void check_callers() const;
    void check_readers() const;
    void check_reading(const reading& one, position& reached) const;
    void check_time() const;
    void add_times(const operation& one, timeline& to) const;

    const history& all_;
    std::unordered_map<std::int64_t, const operation*> operations_;  // by number
    std::vector<const operation*> op_at_;                            // by position
    std::unordered_map<std::int64_t, position> places_;              // of the first note, by number
    std::unordered_map<std::int64_t, const operation*> first_said_;  // by command id: the one that is stored
    std::unordered_map<int, std::vector<position>> streams_;
    std::int64_t call_ = 0;
    std::set<int> spoilt_;  // streams on which an earlier append of the same call was not stored
};

/// Every note in it belongs to an append that was sent, which stands there whole and once.
void explainer::read_log() {
    for (const operation& one : all_.operations)
        hold(operations_.emplace(one.number, &one).second, "two appends were recorded with the number ", one.number);
    for (position where = 1; where <= head();) {
        const auto sent = operations_.find(at(where).number / operation::most_notes);
        hold(sent != operations_.end(), "position ", where, " holds what nobody sent");
        where = read_append(where, *sent->second);
    }
}

position explainer::read_append(position where, const operation& one) {
    hold(places_.emplace(one.number, where).second, one, " is stored twice, the second time at position ", where);
    std::int64_t number = one.number * operation::most_notes;
    for (const sent_write& write : one.writes)
        for (const sent_note& sent : write.notes) {
            hold(where <= head(), one, " is cut short by the end of the log");
            const stored_note& found = at(where);
            hold(found.number == number && found.stream == write.stream && found.what == sent, one, " is torn at position ", where);
            auto& places = streams_[write.stream];
            places.push_back(where);
            hold(found.version == static_cast<version>(places.size()), "the versions of stream ", write.stream, " have a gap at position ",
                 where);
            op_at_[static_cast<std::size_t>(where)] = &one;
            ++where, ++number;
        }
    if (one.id != 0)
        hold(first_said_.emplace(one.id, &one).second, "the command id ", one.id, " was answered by two appends, the second is ", one);
    return where;
}

/// Is what was answered of a place what is stored?
void explainer::check_place(const operation& one) const {
    const position first = place_of(one);
    if (one.how == ending::stored) {
        hold(first != 0, one, " was acknowledged and is lost");
        check_told(one, first);
    } else if (one.how == ending::already_done) {
        hold(first == 0, one, " was answered as already done and is stored all the same");
        const auto original = first_said_.find(one.id);
        hold(original != first_said_.end(), one, " was answered as already done, and nothing with its command id is stored");
        hold(one.first == place_of(*original->second), one, " was answered with another place than the first one with its command id");
        hold(one.last == one.first + original->second->size() - 1, one, " was answered with another end than the first one had");
        hold(one.versions == original->second->versions || original->second->how == ending::unknown, one,
             " was answered with other versions than the first one with its command id");
    } else if (one.how != ending::unknown) {
        hold(first == 0, one, " was refused and is stored all the same");
    }
}

void explainer::check_told(const operation& one, position first) const {
    hold(one.first == first && one.last == first + one.size() - 1, one, " was told positions ", one.first, " to ", one.last,
         " and stands at ", first);
    hold(one.versions.size() == one.writes.size(), one, " was told the versions of other streams than it wrote to");
    for (std::size_t i = 0; i < one.writes.size(); ++i)
        hold(one.versions[i] == version_at(one.writes[i].stream, one.last), one, " was told another version of stream ",
             one.writes[i].stream);
}

/// The answers that are kept are those of the appends that are stored.
void explainer::check_answers() const {
    for (const auto& [id, kept] : all_.answers) {
        const auto original = first_said_.find(id);
        hold(original != first_said_.end(), "an answer to the command id ", id, " is kept, and no append with it is stored");
        const operation& one = *original->second;
        hold(kept.first == place_of(one) && kept.last == kept.first + one.size() - 1, "the answer to the command id ", id,
             " names another place");
        hold(kept.versions == one.versions || one.how == ending::unknown, "the answer to the command id ", id, " names other versions");
    }
    for (const auto& [id, one] : first_said_) hold(all_.answers.contains(id), "the answer to the command id ", id, " is lost");
}

/// Was what an append rested on so just before it, and was what a conflict told so when it was told?
void explainer::check_beliefs(const operation& one) {
    if (one.call != call_) call_ = one.call, spoilt_.clear();
    const bool spoilt = follows_a_conflict(one);
    const position first = place_of(one);
    if (first != 0) {
        hold(!spoilt, one, " is stored, though an earlier append of its call to the same stream was not");
        check_expected(one, first - 1);
    } else if (one.how == ending::stream_conflict || one.how == ending::condition_conflict) {
        hold(0 <= one.head && one.head <= head(), one, " was told of a conflict at the head ", one.head, ", which never was");
        const auto said = first_said_.find(one.id);
        hold(said == first_said_.end() || place_of(*said->second) > one.head, one,
             " was answered with a conflict, though its command id had been answered before");
        check_conflict(one, spoilt);
    }
    if (first == 0)
        for (const sent_write& write : one.writes) spoilt_.insert(write.stream);
}

bool explainer::follows_a_conflict(const operation& one) const {
    return std::any_of(one.writes.begin(), one.writes.end(), [&](const sent_write& write) { return spoilt_.contains(write.stream); });
}

void explainer::check_expected(const operation& one, position head) const {
    for (const sent_write& write : one.writes)
        hold(write.expectation().holds(version_at(write.stream, head)), "stale success: ", one, " expected ", write.expectation().text(),
             " of stream ", write.stream, ", which was at ", version_at(write.stream, head));
    for (const sent_condition& what : one.conditions) {
        const auto found = matching(what, head);
        hold(found.empty(), "stale success: a condition of ", one, " is matched by position ", found.empty() ? 0 : found.front(),
             ", which came before it");
    }
}

void explainer::check_conflict(const operation& one, bool spoilt) const {
    if (one.how == ending::condition_conflict) {
        hold(one.condition < one.conditions.size(), one, " was told of a condition that it does not have");
        const auto found = matching(one.conditions[one.condition], one.head);
        hold(!found.empty(), "unjustified conflict: nothing matched the condition of ", one);
        hold(found == one.positions, one, " was told of other positions than match its condition, which are from ", found.front(), " on");
        return;
    }
    const auto in = std::find_if(one.writes.begin(), one.writes.end(), [&](const sent_write& write) { return write.stream == one.stream; });
    hold(in != one.writes.end(), one, " was told of a conflict on a stream that it does not write to");
    const version then = version_at(one.stream, one.head);
    hold(one.actual == then, one, " was told that stream ", one.stream, " is at version ", one.actual, ", and it was at ", then);
    hold(spoilt || !in->expectation().holds(then), "unjustified conflict: ", one, " expected ", in->expectation().text(), " of stream ",
         one.stream, ", and so it was");
    std::vector<position> behind;
    for (version v = in->number; v < then && behind.size() < conflict::most_positions; ++v)
        behind.push_back(stream(one.stream)[static_cast<std::size_t>(v)]);
    hold(behind == one.positions, one, " was told of other positions than stand behind what it expected");
}

std::vector<position> explainer::matching(const sent_condition& what, position head) const {
    std::vector<position> found;
    for (position where = what.after + 1; where <= head && found.size() < conflict::most_positions; ++where)
        if (matches(what, at(where).what)) found.push_back(where);
    return found;
}

void explainer::check_callers() const {
    std::unordered_map<int, position> reached;
    for (const operation& one : all_.operations) {
        position& before = reached[one.caller];
        const bool conflicted = one.how == ending::stream_conflict || one.how == ending::condition_conflict;
        const position moment = conflicted ? one.head : place_of(one) - 1;  // the head that it met
        if (!conflicted && place_of(one) == 0) continue;
        hold(moment >= before, one, " overtook what the same caller had sent before it");
        before = conflicted ? moment : moment + one.size();
    }
}

void explainer::check_readers() const {
    std::map<int, position> reached;
    for (const reading& one : all_.readings) check_reading(one, reached[one.reader]);
    for (const auto& [reader, last] : reached)
        hold(last == head(), "reader ", reader, " ended at position ", last, ", the log at ", head());
    for (const look& one : all_.looks) {
        hold(0 <= one.position && one.position <= head(), "a look found position ", one.position, ", which never was");
        const bool there = one.stream == look::whole_log || one.position == 0 || at(one.position).stream == one.stream;
        hold(there && (one.stream == look::whole_log || one.version == version_at(one.stream, one.position)), "a look at stream ",
             one.stream, " found version ", one.version, " at position ", one.position, ", where it is not");
    }
}

void explainer::check_reading(const reading& one, position& reached) const {
    for (const seen_note& each : one.notes) {
        hold(each.position == reached + 1, "reader ", one.reader, " saw position ", each.position, " next to ", reached);
        hold(each.position <= head() && each.number == at(each.position).number, "reader ", one.reader, " saw at position ", each.position,
             " what is not stored there");
        reached = each.position;
    }
    hold(reached == one.head, "reader ", one.reader, " was told the head ", one.head, " and saw ", reached);
    const auto *const before = op_at_[static_cast<std::size_t>(reached)], *const behind = op_at_[static_cast<std::size_t>(reached) + 1];
    hold(before == nullptr || behind == nullptr || before->call != behind->call, "reader ", one.reader,
         " saw half of a call: its reading ends at ", reached);
}

void explainer::check_time() const {
    timeline times(all_.log.size());
    for (const operation& one : all_.operations) add_times(one, times);
    for (const reading& one : all_.readings) {
        times.came_by(one.head, one.ended, "a reader saw it");
        times.came_after(one.head + 1, one.began, "a reading that began did not see it");
    }
    for (const look& one : all_.looks) {
        const auto& places = stream(one.stream);
        times.came_by(one.position, one.ended, "a look found it");
        if (one.stream == look::whole_log) times.came_after(one.position + 1, one.began, "a look that began did not find it");
        else if (one.version < static_cast<version>(places.size()))
            times.came_after(places[static_cast<std::size_t>(one.version)], one.began, "a look that began did not find it");
    }
    const std::string contradiction = times.contradiction();
    hold(contradiction.empty(), contradiction);
}

void explainer::add_times(const operation& one, timeline& to) const {
    if (const position first = place_of(one); first != 0) {
        to.came_after(first, one.began, "its append began");
        if (one.how == ending::stored) to.came_by(first + one.size() - 1, one.ended, "its append was acknowledged");
    } else if (one.how == ending::already_done) {
        to.came_by(one.last, one.ended, "another sender of its command id was answered");
    } else if (one.how == ending::stream_conflict || one.how == ending::condition_conflict) {
        to.came_by(one.head, one.ended, "a conflict told of it");
        to.came_after(one.head + 1, one.began, "a conflict that began told nothing of it");
    }
}

}  // namespace

std::string objection_to(const history& what) {
    try {
        explainer(what).explain();
    } catch (const objection& why) { return why.what(); }
    return {};
}

}  // namespace tests
