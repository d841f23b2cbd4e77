// The one writing connection: checks, numbers and inserts inside one transaction, and tells how a failed COMMIT ended.
#include "writer.hpp"

#include <sys/random.h>

#include <algorithm>
#include <limits>

#include <acta/event/match.hpp>

#include "event/text.hpp"
#include "names.hpp"
#include "schema.hpp"

namespace acta::detail {

namespace {

constexpr std::size_t most_remembered = 200'000;  // streams and tags; about 25 MB
constexpr auto checkpoint_patience = std::chrono::milliseconds(50);

std::uint64_t random_number() {
    std::uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number) throw failure(errc::io, "the system gave no random bytes: try again");
    return number;
}

void check_request(const append_request& request, const options& how) {
    if (request.writes.empty()) throw failure(errc::misuse, "an append of nothing: give at least one stream and one event");
    for (std::size_t i = 0; i < request.writes.size(); ++i) {
        const stream_write& write = request.writes[i];
        if (write.stream.text().empty()) throw failure(errc::bad_name, "an append to a stream without a name: a stream is named category-id, as in account-ada");
        if (write.events.empty()) throw failure(errc::misuse, "an append of no events to " + in_quotes(write.stream.text()) + ": give at least one event");
        for (std::size_t k = 0; k < i; ++k)
            if (request.writes[k].stream == write.stream)
                throw failure(errc::misuse, "the stream " + in_quotes(write.stream.text()) + " stands twice in one append: put all its events into one write");
        for (const new_event& event : write.events)
            if (event.payload().size() > how.max_event_size)
                throw failure(errc::too_large, "an event " + std::string(event.codec().type.name) + " for " + in_quotes(write.stream.text()) + " takes " +
                                                   std::to_string(event.payload().size()) + " bytes, over the limit of " +
                                                   std::to_string(how.max_event_size) + ": make it smaller, or raise options::max_event_size (at most 64 MiB)");
    }
}

}  // namespace

struct writer::statements {
    explicit statements(const connection& on)
        : head(on, "SELECT last_position, stream, last_version, recorded_at, data FROM entry ORDER BY last_position DESC LIMIT 1"),
          stream_name(on, "SELECT name FROM stream WHERE id = ?"),
          stream_id(on, "SELECT id, closed_at, checksum FROM stream WHERE name = ?"),
          stream_head(on, "SELECT last_position, stream, last_version, recorded_at, data FROM entry WHERE stream = ? ORDER BY last_version DESC LIMIT 1"),
          last_stream(on, "SELECT coalesce(max(id), 0) FROM stream"),
          stream(on, "INSERT INTO stream (id, name, checksum) VALUES (?, ?, ?)"),
          entry(on, "INSERT INTO entry (last_position, stream, last_version, recorded_at, data) VALUES (?, ?, ?, ?, ?)"),
          entry_at(on, "SELECT data FROM entry WHERE last_position = ?"),
          tag_id(on, "SELECT id, checksum FROM tag WHERE name = ?"),
          last_tag(on, "SELECT coalesce(max(id), 0) FROM tag"),
          tag(on, "INSERT INTO tag (id, name, checksum) VALUES (?, ?, ?)"),
          entry_tag(on, "INSERT INTO entry_tag (tag, last_position) VALUES (?, ?)"),
          begin(on, "BEGIN IMMEDIATE"),
          commit(on, "COMMIT") {}
    statement head, stream_name, stream_id, stream_head, last_stream, stream, entry, entry_at, tag_id, last_tag, tag, entry_tag, begin, commit;
};

writer::writer(std::function<connection()> open, turnstile gate, const options& how)
    : open_(std::move(open)), gate_(std::move(gate)), how_(how), on_(open_()), nonces_(random_number()) {
    prepare();
}

writer::~writer() {
    if (!on_ || has_moved()) return;  // the write-ahead log at that path may be somebody else's by now
    try {
        const inside held(gate_, how_.busy_timeout);
        on_.set_patience(checkpoint_patience);
        sqlite3_wal_checkpoint_v2(on_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        on_.set(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);  // the last one out may remove the write-ahead log: nobody else is there to race
        sql_.reset();
        on_ = connection();
    } catch (const std::exception&) {
        // Nothing is lost: what was acknowledged is in the write-ahead log, and the next one to open the store finds it there.
    }
}

void writer::prepare() {
    sql_ = std::make_unique<statements>(on_);
    on_.set_patience(how_.busy_timeout);
    const auto note_size = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<writer*>(self)->wal_pages_ = static_cast<std::size_t>(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(on_.handle(), note_size, this);
    checkpoint_at_ = how_.checkpoint_pages;
    forget();
}

std::vector<append_result> writer::append_all(std::span<const append_request> requests) {
    for (const append_request& request : requests) check_request(request, how_);
    std::vector<append_result> answers;
    answers.reserve(requests.size());
    const inside held(gate_, how_.busy_timeout);
    if (!on_) reopen();
    begin();
    const std::size_t types_before = own_types_.size();
    try {
        for (const append_request& request : requests) answers.push_back(append_one(request));
        commit();
    } catch (...) {
        roll_back();
        own_types_.shrink_to(std::min(types_before, own_types_.size()));
        throw;
    }
    checkpoint();
    return answers;
}

bool writer::has_moved() const noexcept {
    int moved = 0;
    return sqlite3_file_control(on_.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

void writer::begin() {
    if (has_moved())
        throw failure(errc::io, on_.shown() + " was deleted, moved or replaced while it was open: nothing was stored, open the store again");
    sql_->begin.finish();
    conflicted_.clear();
    first_entry_ = 0;
    if (streams_.size() > most_remembered || tag_ids_.size() > most_remembered) forget();
    try {
        take_in_head();
        const auto now = how_.clock->now().time_since_epoch().count();
        recorded_at_ = std::max<std::int64_t>(recorded_at_, now);
    } catch (...) {
        roll_back();
        throw;
    }
    next_ = head_ + 1;
}

/// Where the store ends now. When that is not where our own last commit left it, another process has written since.
void writer::take_in_head() {
    statement& query = sql_->head;
    const reset_at_exit reset(query);
    const bool any = query.step();
    const acta::position newest = any ? query.number(0) : 0;
    if (newest == head_) return;
    forget();
    own_types_.refresh(on_);
    if (any) {
        check_entry(query);
        recorded_at_ = query.number(3);
    }
    const reset_at_exit reset_stream(sql_->last_stream), reset_tag(sql_->last_tag);
    sql_->last_stream.step(), sql_->last_tag.step();
    last_stream_ = sql_->last_stream.number(0);
    last_tag_ = sql_->last_tag.number(0);
    if (last_stream_ > newest || last_tag_ > max_position)
        throw failure(errc::damaged, on_.shown() + ": its streams or tags are not what was written. Nothing was appended; restore it from a copy, then look at the disk");
    head_ = newest;
}

/// New versions and positions are counted from stored ones, so those are trusted only when their entry is whole.
void writer::check_entry(const statement& row) {
    statement& name = sql_->stream_name;
    const reset_at_exit reset(name);
    name.bind(1, row.number(1)).step();
    try {
        checked_.read({name.text(0), row.number(0), row.number(2), row.number(3)}, row.blob(4));
    } catch (const failure& why) {
        throw failure(errc::damaged, on_.shown() + ": the entry that ends at position " + std::to_string(row.number(0)) + " is not what was written: " +
                                         why.what() + ". Nothing was appended behind it; restore the store from a copy, then look at the disk");
    }
}

append_result writer::append_one(const append_request& request) {
    for (const stream_write& write : request.writes) {
        const stream_state& now = state_of(write.stream);
        const bool after_conflict = conflicted_.contains(write.stream.text());
        if (!after_conflict && write.expected.holds(now.version)) continue;
        for (const stream_write& each : request.writes) conflicted_.insert(each.stream.text());
        append_error why;
        why.code = errc::conflict;
        why.text = "the stream " + in_quotes(write.stream.text()) + " is at version " + std::to_string(now.version) + ", expected was " + write.expected.text() +
                   (after_conflict ? " after an append of the same call that conflicted" : "") + ": load it again and decide again";
        why.conflict = {write.stream, write.expected, now.version};
        return why;
    }
    for (const stream_write& write : request.writes)
        for (const new_event& event : write.events) type_of(event.codec());

    appended stored{.first_position = next_, .last_position = 0, .versions = {}};
    for (const stream_write& write : request.writes) {
        stream_state& state = state_of(write.stream);
        if (state.id == 0) make_stream(write.stream, state);
        insert_run(write, state, request.metadata.bytes());
        stored.versions.push_back(state.version);
    }
    stored.last_position = next_ - 1;
    return stored;
}

writer::stream_state& writer::state_of(const stream_name& stream) {
    const auto known = streams_.find(stream.text());
    if (known != streams_.end()) return known->second;
    return streams_.emplace(stream.text(), load_state(stream.text())).first->second;
}

writer::stream_state writer::load_state(const std::string& name) {
    const reset_at_exit reset_id(sql_->stream_id), reset_head(sql_->stream_head);
    stream_state state;
    if (!sql_->stream_id.bind(1, name).step()) return state;
    state.id = sql_->stream_id.number(0);
    const bool whole = sql_->stream_id.number(2) == stream_row_checksum(state.id, name, sql_->stream_id.optional_number(1));
    if (!whole || !sql_->stream_head.bind(1, state.id).step())
        throw failure(errc::damaged, on_.shown() + ": the stream " + in_quotes(name) + " is not what was written" + (whole ? ", its entries are missing" : "") +
                                         ". Nothing was appended to it; restore the store from a copy, then look at the disk");
    check_entry(sql_->stream_head);
    state.version = sql_->stream_head.number(2);
    return state;
}

void writer::make_stream(const stream_name& stream, stream_state& state) {
    state.id = ++last_stream_;
    sql_->stream.bind(1, state.id).bind(2, stream.text()).bind(3, stream_row_checksum(state.id, stream.text())).finish();
}

void writer::insert_run(const stream_write& write, stream_state& state, byte_span shared_metadata) {
    events_.clear(), tags_.clear();
    std::size_t bytes = 0;
    for (const new_event& event : write.events) {
        const std::size_t size = event.payload().size() + event.metadata().bytes().size();
        if (events_.size() == max_entry_events || (!events_.empty() && bytes + size > max_entry_bytes)) {
            insert_entry(write.stream.text(), state, shared_metadata);
            bytes = 0;
        }
        for (const tag& one : event.tags()) tags_.push_back(tag_id(one.text()));
        events_.push_back({.type = type_of(event.codec()), .tags = {}, .own_metadata = event.metadata().bytes(), .payload = event.payload()});
        tag_counts_.push_back(event.tags().size());
        bytes += size;
    }
    insert_entry(write.stream.text(), state, shared_metadata);
}

/// Nonces only have to differ, so that after a failed COMMIT an entry can be told from somebody else's at the same place.
std::uint64_t writer::next_nonce() noexcept {
    std::uint64_t z = nonces_ += 0x9e3779b97f4a7c15;  // SplitMix64 (Steele, Lea, Flood 2014)
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/// Inserts what insert_run has gathered, as one row, and counts on.
void writer::insert_entry(const std::string& stream, stream_state& state, byte_span shared_metadata) {
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

    if (first_entry_ == 0) first_entry_ = last, first_nonce_ = nonce;
    next_ = last + 1;
    state.version = version;
    events_.clear(), tags_.clear(), tag_counts_.clear();
}

type_id writer::type_of(const event_codec& codec) {
    if (const auto known = type_ids_.find(&codec); known != type_ids_.end()) return known->second;
    auto id = own_types_.find(codec.type.name, codec.type.revision, codec.fingerprint);
    if (!id) {
        own_types_.check_resolves(codec, on_.shown());
        const stored_type fresh{static_cast<type_id>(own_types_.size() + 1), std::string(codec.type.name), codec.type.revision, codec.fingerprint, codec.layout_text};
        insert_type(on_, fresh);
        own_types_.refresh(on_);
        id = fresh.id;
    }
    return type_ids_.emplace(&codec, *id).first->second;
}

std::uint64_t writer::tag_id(const std::string& name) {
    if (const auto known = tag_ids_.find(name); known != tag_ids_.end()) return known->second;
    const reset_at_exit reset(sql_->tag_id);
    std::int64_t id = 0;
    if (sql_->tag_id.bind(1, name).step()) {
        id = sql_->tag_id.number(0);
        if (sql_->tag_id.number(1) != tag_row_checksum(id, name))
            throw failure(errc::damaged, on_.shown() + ": the tag " + in_quotes(name) + " is not what was written: restore the store from a copy");
    } else {
        id = ++last_tag_;
        sql_->tag.bind(1, id).bind(2, name).bind(3, tag_row_checksum(id, name)).finish();
    }
    return tag_ids_.emplace(name, static_cast<std::uint64_t>(id)).first->second;
}

void writer::commit() {
    try {
        sql_->commit.finish();
    } catch (const std::exception& why) {
        if (!committed_after_all(why)) throw;
        return;  // the store was opened anew: the next transaction takes in its head
    }
    head_ = next_ - 1;
}

/// A COMMIT that answered with an error may be durable all the same. It is never tried again: the store is opened anew, as after a
/// crash, and the first entry of the transaction is there with our nonce, or nothing of it is. Then it is made sure that it stays so.
bool writer::committed_after_all(const std::exception& why) {
    try {
        const bool cut_short = (sqlite3_errcode(on_.handle()) & 0xff) == SQLITE_FULL;
        reopen();
        if (holds_first_entry()) {
            copy_back_all();
            return true;
        }
        // Where the disk was full the last of its frames was not written. Otherwise they may stand whole in the write-ahead log, and a
        // crash would bring them to life: a change of nothing is written over them.
        if (!cut_short) on_.run(("PRAGMA user_version=" + std::to_string(store_mark.format)).c_str());
        return false;
    } catch (const std::exception& again) {
        sql_.reset();
        on_ = connection();
        throw failure(errc::unknown_outcome, std::string(why.what()) + "; opening the store again failed too (" + again.what() +
                                                 "), so that nobody can tell whether the append is stored: read the stream before sending it again");
    }
}

bool writer::holds_first_entry() {
    statement& query = sql_->entry_at;
    const reset_at_exit reset(query);
    if (first_entry_ == 0 || !query.bind(1, first_entry_).step()) return false;
    const byte_span data = query.blob(0);
    return data.size() >= 9 && byte_reader(data.subspan(1)).fixed64() == first_nonce_;
}

/// What was written when a sync failed may be in the system's memory alone, and a second sync of the same pages would say nothing of
/// them; the pages of the database itself are written and synced once more.
void writer::copy_back_all() {
    int pages = 0, copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(on_.handle(), nullptr, SQLITE_CHECKPOINT_FULL, &pages, &copied);
    if (code != SQLITE_OK) on_.fail(code, "copying back the write-ahead log");
}

void writer::reopen() {
    sql_.reset();
    on_ = connection();
    on_ = open_();
    prepare();
}

void writer::roll_back() noexcept {
    if (on_ && sqlite3_get_autocommit(on_.handle()) == 0) sqlite3_exec(on_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    forget();
}

void writer::forget() noexcept {
    head_ = -1;
    recorded_at_ = 0;
    streams_.clear(), type_ids_.clear(), tag_ids_.clear();
    events_.clear(), tags_.clear(), tag_counts_.clear();
}

/// Only here, inside the turnstile, and never beside a commit: SQLite before 3.51.3 can lose commits when another connection
/// checkpoints while one is written (the WAL-reset race). A reader in the way means later.
void writer::checkpoint() {
    if (wal_pages_ < checkpoint_at_) return;
    on_.set_patience(checkpoint_patience);
    const int code = sqlite3_wal_checkpoint_v2(on_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
    on_.set_patience(how_.busy_timeout);
    checkpoint_at_ = code == SQLITE_OK ? how_.checkpoint_pages : wal_pages_ + how_.checkpoint_pages;
    if (code == SQLITE_OK) wal_pages_ = 0;
}

}  // namespace acta::detail
