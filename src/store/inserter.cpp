// What happens inside a write transaction: numbers are given, expectations checked, entries inserted.
#include "inserter.hpp"

#include "event/text.hpp"
#include "names.hpp"
#include "request.hpp"

#include <algorithm>

namespace acta::detail {

namespace {

constexpr std::size_t most_remembered = 200'000;  // streams and tags; about 25 MB

}  // namespace

struct inserter::statements {
    explicit statements(const connection& on)
        : head(on, "SELECT last_position, stream, last_version, recorded_at, data FROM entry ORDER BY last_position DESC LIMIT 1"),
          behind(on,
                 "SELECT last_position, stream, last_version, recorded_at, data FROM entry WHERE last_position > ? ORDER BY last_position"),
          exactly_at(on, "SELECT last_position, stream, last_version, recorded_at, data FROM entry WHERE last_position = ?"),
          stream_name(on, "SELECT name FROM stream WHERE id = ?"),
          stream_id(on, "SELECT id, closed_at, checksum FROM stream WHERE name = ?"),
          stream_head(on, "SELECT last_position, stream, last_version, recorded_at, data FROM entry WHERE stream = ? ORDER BY last_version "
                          "DESC LIMIT 1"),
          stream_behind(on, "SELECT last_position, stream, last_version, recorded_at, data FROM entry WHERE stream = ? AND last_version > "
                            "? ORDER BY last_version"),
          last_stream(on, "SELECT coalesce(max(id), 0) FROM stream"),
          last_tag(on, "SELECT coalesce(max(id), 0) FROM tag"),
          stream(on, "INSERT INTO stream (id, name, checksum) VALUES (?, ?, ?)"),
          entry(on, "INSERT INTO entry (last_position, stream, last_version, recorded_at, data) VALUES (?, ?, ?, ?, ?)"),
          tag(on, "INSERT INTO tag (id, name, checksum) VALUES (?, ?, ?)"),
          entry_tag(on, "INSERT INTO entry_tag (tag, last_position) VALUES (?, ?)") {}
    statement head, behind, exactly_at, stream_name, stream_id, stream_head, stream_behind, last_stream, last_tag, stream, entry, tag,
        entry_tag;
};

inserter::inserter(const connection& on, const options& how, std::uint64_t& nonces)
    : on_(on), how_(how), nonces_(nonces), sql_(std::make_unique<statements>(on)), index_(on), answers_(on), snapshots_(on) {}

inserter::~inserter() = default;

/// When the store does not end where our own last commit left it, another process has written since.
void inserter::begin() {
    if (streams_.size() > most_remembered || tag_ids_.size() > most_remembered) forget();
    proof_ = {};
    const reset_at_exit reset(sql_->head);
    const bool any = sql_->head.step();
    const acta::position newest = any ? sql_->head.number(0) : 0;
    if (newest != head_) {
        forget();
        types_.refresh(on_);
        if (any) {
            check_entry(sql_->head);
            recorded_at_ = sql_->head.number(3);
        }
        const reset_at_exit reset_stream(sql_->last_stream), reset_tag(sql_->last_tag);
        sql_->last_stream.step(), sql_->last_tag.step();
        last_stream_ = sql_->last_stream.number(0);
        last_tag_ = sql_->last_tag.number(0);
        if (last_stream_ > newest || last_tag_ > max_position)
            throw failure(
                errc::damaged,
                on_.shown() +
                    ": its streams or tags are not what was written. Nothing was appended; restore it from a copy, then look at the disk");
        head_ = newest;
    }
    types_before_ = types_.size();
    recorded_at_ = std::max<std::int64_t>(recorded_at_, how_.clock->now().time_since_epoch().count());
    next_ = head_ + 1;
}

void inserter::begin_call() { conflicted_.clear(); }

void inserter::committed() { head_ = next_ - 1; }

void inserter::rolled_back() noexcept {
    forget();
    types_.shrink_to(std::min(types_before_, types_.size()));
}

void inserter::forget() noexcept {
    head_ = -1;
    recorded_at_ = 0;
    streams_.clear(), type_ids_.clear(), tag_ids_.clear();
    events_.clear(), tags_.clear(), tag_counts_.clear();
}

/// New versions and positions are counted from stored ones, so those are trusted only when their entry is whole.
void inserter::check_entry(const statement& row) {
    statement& name = sql_->stream_name;
    const reset_at_exit reset(name);
    name.bind(1, row.number(1)).step();
    try {
        read_.read({name.text(0), row.number(0), row.number(2), row.number(3)}, row.blob(4));
    } catch (const failure& why) {
        throw failure(errc::damaged, on_.shown() + ": the entry that ends at position " + std::to_string(row.number(0)) +
                                         " is not what was written: " + why.what() +
                                         ". Nothing was appended behind it; restore the store from a copy, then look at the disk");
    }
}

append_result inserter::append(const append_request& request) {
    if (!request.id.empty()) {
        if (const auto before = answers_.find(request.id)) {
            // What comes behind it in this call was decided on an outcome that this is not.
            for (const stream_write& each : request.writes) conflicted_.insert(each.stream.text());
            if (before->command == request.command) return before->what;
            throw failure(errc::id_reused, on_.shown() + ": the command id " + in_quotes(request.id.text()) + " was given to the command " +
                                               in_quotes(before->command) + " before and now to " + in_quotes(request.command) +
                                               ": give each command an id of its own");
        }
    }
    auto no = stream_in_the_way(request);
    if (!no) no = condition_in_the_way(request);
    if (no) {
        no->conflict.head = next_ - 1;
        for (const stream_write& each : request.writes) conflicted_.insert(each.stream.text());
        return *no;
    }
    check_room(request);
    for (const stream_write& write : request.writes)
        for (const new_event& event : write.events) type_of(event.codec());

    check_snapshot(request.snapshot);

    appended stored{.first_position = next_};
    for (const stream_write& write : request.writes) {
        stream_state& state = state_of(write.stream);
        if (!write.events.empty()) {
            if (state.id == 0) make_stream(write.stream, state);
            insert_run(write, state, request.metadata.bytes());
        }
        stored.versions.push_back(state.version);
    }
    stored.last_position = next_ - 1;
    if (stored.last_position < stored.first_position) stored.first_position = stored.last_position = 0;  // an answer alone
    if (!request.id.empty()) {
        answered kept{request.command, timestamp(std::chrono::microseconds(recorded_at_)), stored};
        kept.what.answer = request.answer;
        answers_.insert(request.id, kept);
        answers_.forget_some((timestamp(std::chrono::microseconds(recorded_at_)) - how_.command_age).time_since_epoch().count());
        if (proof_.entry == 0) proof_.answer = request.id, proof_.recorded_at = recorded_at_;
    }
    if (!request.snapshot.stream.text().empty()) snapshots_.put(state_of(request.snapshot.stream).id, request.snapshot);
    return stored;
}

/// A position beyond would be stored, acknowledged, and damage to whoever reads it.
void inserter::check_room(const append_request& request) const {
    std::int64_t count = 0;
    for (const stream_write& write : request.writes) count += static_cast<std::int64_t>(write.events.size());
    if (count > max_position - (next_ - 1))
        throw failure(errc::too_large, on_.shown() + " is at position " + std::to_string(next_ - 1) + " and no store goes beyond " +
                                           std::to_string(max_position) + ": begin a new store");
}

void inserter::check_snapshot(const snapshot& one) {
    if (one.stream.text().empty()) return;
    const acta::version newest = state_of(one.stream).version;
    if (1 <= one.version && one.version <= newest && one.version <= one.position && one.position < next_) return;
    throw failure(errc::misuse, on_.shown() + ": a snapshot of " + in_quotes(one.stream.text()) + " at version " +
                                    std::to_string(one.version) + ", position " + std::to_string(one.position) +
                                    ", goes with an append to a stream of " + std::to_string(newest) + " events in a store of " +
                                    std::to_string(next_ - 1) + ": take it from what a reading gave");
}

std::optional<append_error> inserter::stream_in_the_way(const append_request& request) {
    for (const stream_write& write : request.writes) {
        const stream_state& now = state_of(write.stream);
        const bool after_conflict = conflicted_.contains(write.stream.text());
        if (!after_conflict && write.expected.holds(now.version)) continue;
        append_error why;
        why.code = errc::conflict;
        why.text = "the stream " + in_quotes(write.stream.text()) + " is at version " + std::to_string(now.version) + ", expected was " +
                   write.expected.text() + (after_conflict ? " after an append of the same call that conflicted" : "") +
                   ": load it again and decide again";
        why.conflict.stream = write.stream;
        why.conflict.expected = write.expected;
        why.conflict.actual = now.version;
        why.conflict.positions = positions_behind(now, std::max<acta::version>(write.expected.number(), 0));
        return why;
    }
    return std::nullopt;
}

std::vector<position> inserter::positions_behind(const stream_state& of, acta::version after) {
    std::vector<position> found;
    statement& rows = sql_->stream_behind;
    const reset_at_exit reset(rows);
    rows.bind(1, of.id).bind(2, after);
    while (found.size() < conflict::most_positions && rows.step()) {
        check_entry(rows);
        if (rows.number(1) != of.id)
            throw failure(errc::damaged, on_.shown() + ": the index of a stream leads to position " + std::to_string(rows.number(0)) +
                                             ", where an entry of another one ends. Nothing was appended; restore the store from a copy, "
                                             "then look at the disk");
        const auto count = static_cast<std::int64_t>(read_.events().size());
        for (std::int64_t left = std::min(count, rows.number(2) - after) - 1; left >= 0 && found.size() < conflict::most_positions; --left)
            found.push_back(rows.number(0) - left);
    }
    return found;
}

std::optional<append_error> inserter::condition_in_the_way(const append_request& request) {
    for (std::size_t i = 0; i < request.conditions.size(); ++i) {
        const condition& one = request.conditions[i];
        if (one.after >= next_)
            throw failure(errc::misuse, on_.shown() + ": a condition begins after position " + std::to_string(one.after) +
                                            ", but the newest event is " + std::to_string(next_ - 1) +
                                            ": take the `after` from the reading that the decision rests on (cursor::head)");
        std::vector<position> found = matching_behind(one);
        if (found.empty()) continue;
        append_error why;
        why.code = errc::conflict;
        why.text = "condition " + std::to_string(i + 1) + " of the append does not hold: an event that matches it stands at position " +
                   std::to_string(found.front()) + ", behind " + std::to_string(one.after) + ": read again and decide again";
        why.conflict.condition = i;
        why.conflict.positions = std::move(found);
        return why;
    }
    return std::nullopt;
}

std::vector<position> inserter::matching_behind(const condition& one) {
    std::vector<position> found;
    if (one.after == next_ - 1) return found;
    matcher matching(one.what, index_, types_);
    if (!matching.sought() && next_ - 1 - one.after > most_scanned_by_condition)
        throw failure(errc::misuse, on_.shown() + ": a condition has a query item without a tag and begins " +
                                        std::to_string(next_ - 1 - one.after) +
                                        " events before the newest: it would read them all while everybody waits. Tag the events, or read "
                                        "again for a newer `after`");
    const auto take = [&](const statement& row) {
        check_entry(row);
        const position first = row.number(0) - static_cast<std::int64_t>(read_.events().size()) + 1;
        for (std::size_t k = 0; k < read_.events().size() && found.size() < conflict::most_positions; ++k) {
            const position at = first + static_cast<std::int64_t>(k);
            if (!types_.knows(read_.events()[k].type))
                throw failure(
                    errc::damaged,
                    on_.shown() + ": the entry that ends at position " + std::to_string(row.number(0)) +
                        " has an event of a type that is not in the catalogue. Nothing was appended; restore the store from a copy");
            if (at > one.after && matching.matches(read_.events()[k])) found.push_back(at);
        }
    };
    if (!matching.sought()) {
        const reset_at_exit reset(sql_->behind);
        sql_->behind.bind(1, one.after);
        while (found.size() < conflict::most_positions && sql_->behind.step()) take(sql_->behind);
        return found;
    }
    for (auto at = matching.next(one.after + 1); at && found.size() < conflict::most_positions; at = matching.next(*at + 1)) {
        const reset_at_exit reset(sql_->exactly_at);
        if (!sql_->exactly_at.bind(1, *at).step())
            throw failure(errc::damaged, on_.shown() + ": the index of tags leads to position " + std::to_string(*at) +
                                             ", where no entry ends. Nothing was appended; restore "
                                             "the store from a copy, then look at the disk");
        take(sql_->exactly_at);
    }
    return found;
}

inserter::stream_state& inserter::state_of(const stream_name& stream) {
    const auto known = streams_.find(stream.text());
    if (known != streams_.end()) return known->second;
    return streams_.emplace(stream.text(), load_state(stream.text())).first->second;
}

inserter::stream_state inserter::load_state(const std::string& name) {
    const reset_at_exit reset_id(sql_->stream_id), reset_head(sql_->stream_head);
    stream_state state;
    if (!sql_->stream_id.bind(1, name).step()) return state;
    state.id = sql_->stream_id.number(0);
    const bool whole = sql_->stream_id.number(2) == stream_row_checksum(state.id, name, sql_->stream_id.optional_number(1));
    if (!whole || !sql_->stream_head.bind(1, state.id).step())
        throw failure(errc::damaged, on_.shown() + ": the stream " + in_quotes(name) + " is not what was written" +
                                         (whole ? ", its entries are missing" : "") +
                                         ". Nothing was appended to it; restore the store from a copy, then look at the disk");
    check_entry(sql_->stream_head);
    state.version = sql_->stream_head.number(2);
    return state;
}

void inserter::make_stream(const stream_name& stream, stream_state& state) {
    state.id = ++last_stream_;
    sql_->stream.bind(1, state.id).bind(2, stream.text()).bind(3, stream_row_checksum(state.id, stream.text())).finish();
}

void inserter::insert_run(const stream_write& write, stream_state& state, byte_span shared_metadata) {
    events_.clear(), tags_.clear(), tag_counts_.clear();
    std::size_t bytes = 0;
    for (const new_event& event : write.events) {
        const std::size_t size = event.payload().size() + event.metadata().bytes().size();
        if (events_.size() == max_entry_events || (!events_.empty() && bytes + size > max_entry_bytes)) {
            insert_entry(write.stream.text(), state, shared_metadata);
            bytes = 0;
        }
        for (const tag& one : event.tags()) tags_.push_back(tag_id(one));
        events_.push_back(
            {.type = type_of(event.codec()), .tags = {}, .own_metadata = event.metadata().bytes(), .payload = event.payload()});
        tag_counts_.push_back(event.tags().size());
        bytes += size;
    }
    insert_entry(write.stream.text(), state, shared_metadata);
}

/// Nonces only have to differ, so that after a failed COMMIT an entry can be told from somebody else's at the same place.
std::uint64_t inserter::next_nonce() noexcept {
    std::uint64_t z = nonces_ += 0x9e3779b97f4a7c15;  // SplitMix64 (Steele, Lea, Flood 2014)
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/// Inserts what insert_run has gathered, as one row, and counts on.
void inserter::insert_entry(const std::string& stream, stream_state& state, byte_span shared_metadata) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < events_.size(); at += tag_counts_[i++]) events_[i].tags = std::span(tags_).subspan(at, tag_counts_[i]);
    const auto count = static_cast<std::int64_t>(events_.size());
    const acta::position last = next_ + count - 1;
    const acta::version version = state.version + count;
    const std::uint64_t nonce = next_nonce();
    entry_.clear();
    write_entry(entry_, {stream, last, version, recorded_at_}, nonce, shared_metadata, events_);
    sql_->entry.bind(1, last).bind(2, state.id).bind(3, version).bind(4, recorded_at_).bind(5, entry_).finish();

    std::sort(tags_.begin(), tags_.end());
    tags_.erase(std::unique(tags_.begin(), tags_.end()), tags_.end());
    for (const std::uint64_t tag : tags_) sql_->entry_tag.bind(1, static_cast<std::int64_t>(tag)).bind(2, last).finish();

    if (proof_.entry == 0) proof_.entry = last, proof_.nonce = nonce;
    next_ = last + 1;
    state.version = version;
    events_.clear(), tags_.clear(), tag_counts_.clear();
}

type_id inserter::type_of(const event_codec& codec) {
    if (const auto known = type_ids_.find(&codec); known != type_ids_.end()) return known->second;
    auto id = types_.find(codec.type.name, codec.type.revision, codec.fingerprint);
    if (!id) {
        types_.check_resolves(codec, on_.shown());
        const stored_type fresh{static_cast<type_id>(types_.size() + 1), std::string(codec.type.name), codec.type.revision,
                                codec.fingerprint, codec.layout_text};
        insert_type(on_, fresh);
        types_.refresh(on_);
        id = fresh.id;
    }
    return type_ids_.emplace(&codec, *id).first->second;
}

std::uint64_t inserter::tag_id(const tag& one) {
    if (const auto known = tag_ids_.find(one.text()); known != tag_ids_.end()) return known->second;
    auto id = index_.find(one);
    if (!id) {
        const std::int64_t fresh = ++last_tag_;
        sql_->tag.bind(1, fresh).bind(2, one.text()).bind(3, tag_row_checksum(fresh, one.text())).finish();
        id = static_cast<std::uint64_t>(fresh);
    }
    return tag_ids_.emplace(one.text(), *id).first->second;
}

bool inserter::holds(const proof& of) {
    if (of.entry != 0) {
        const reset_at_exit reset(sql_->exactly_at);
        if (!sql_->exactly_at.bind(1, of.entry).step()) return false;
        const byte_span data = sql_->exactly_at.blob(4);
        return data.size() >= 9 && byte_reader(data.subspan(1)).fixed64() == of.nonce;
    }
    if (of.answer.empty()) return false;
    const auto found = answers_.find(of.answer);
    return found && found->recorded_at.time_since_epoch().count() == of.recorded_at;
}

}  // namespace acta::detail
