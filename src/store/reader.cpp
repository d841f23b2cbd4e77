// Reading pages of events through one connection, every byte checked on the way.
#include "reader.hpp"

#include "event/text.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <tuple>

namespace acta::detail {

namespace {

constexpr std::size_t max_scanned = 16'384;  // entries behind one page, so that a filter that matches nothing holds no transaction for long

template <class T>
std::span<T> copy_into(page& out, std::span<const T> from) {
    if (from.empty()) return {};
    auto* const memory = static_cast<T*>(out.allocate(from.size_bytes(), alignof(T)));
    std::copy(from.begin(), from.end(), memory);
    return {memory, from.size()};
}

std::string_view copy_into(page& out, std::string_view from) {
    const auto copied = copy_into(out, std::span<const char>(from));
    return {copied.data(), copied.size()};
}

}  // namespace

/// One entry as it comes out of a statement, numbered along what is read: positions, or versions of a stream.
struct reader::row {
    std::int64_t last_position = 0, stream = 0, last_version = 0, recorded_at = 0;
    byte_span data;
    std::string_view name;

    explicit row(const statement& from)
        : last_position(from.number(0)),
          stream(from.number(1)),
          last_version(from.number(2)),
          recorded_at(from.number(3)),
          data(from.blob(4)) {}
    explicit row(sqlite3_value* const* from)
        : last_position(sqlite3_value_int64(from[0])),
          stream(sqlite3_value_int64(from[1])),
          last_version(sqlite3_value_int64(from[2])),
          recorded_at(sqlite3_value_int64(from[3])),
          data(static_cast<const std::byte*>(sqlite3_value_blob(from[4])), static_cast<std::size_t>(sqlite3_value_bytes(from[4]))) {}
};

/// What is asked for, as far as there is something, and the check that entry follows entry without a gap.
class reader::scan {
public:
    /// `stream` is the number of the one that is read, 0 where all are.
    scan(const read_options& what, std::int64_t stream, std::int64_t newest, matcher* matching)
        : what_(what),
          types_(what.types),
          matching_(matching),
          stream_(stream),
          after_(std::max<std::int64_t>(what.after, 0)),
          until_(std::min(what.until, newest)),
          to_the_newest_(until_ == newest),
          expected_(after_) {}

    bool forward() const noexcept { return what_.direction == direction::forward; }
    bool of_stream() const noexcept { return stream_ != 0; }
    /// An index that is damaged may lead anywhere.
    bool leads_to(const row& one) const noexcept { return stream_ == 0 || one.stream == stream_; }
    bool nothing() const noexcept { return after_ >= until_ || what_.limit == 0; }
    bool to_the_newest() const noexcept { return to_the_newest_; }
    std::int64_t after() const noexcept { return after_; }
    std::int64_t until() const noexcept { return until_; }
    std::size_t limit() const noexcept { return what_.limit; }

    /// The number of the entry's last event along this scan: a version or a position.
    std::int64_t last(const row& of) const noexcept { return of_stream() ? of.last_version : of.last_position; }

    /// Backwards, the last number of the entry to begin with.
    void begins_at(std::int64_t last) { expected_ = last; }

    /// Does this entry follow the one before? The first one forwards may begin before the window.
    bool joins(std::int64_t first, std::int64_t last) {
        const bool good = !forward() ? last == expected_ : started_ ? first == expected_ + 1 : first <= expected_ + 1;
        started_ = true;
        expected_ = forward() ? last : first - 1;
        return good;
    }
    /// Is that the last entry of the window?
    bool ends_with(std::int64_t first, std::int64_t last) const noexcept { return forward() ? last >= until_ : first <= after_ + 1; }

    bool wanted(const entry_event& event, const catalogue& types) {
        return types_.passes(event.type, types) && (matching_ == nullptr || matching_->matches(event));
    }

private:
    const read_options& what_;
    type_filter types_;
    matcher* matching_;
    std::int64_t stream_;
    std::int64_t after_, until_;
    bool to_the_newest_;
    bool started_ = false;
    std::int64_t expected_;
};

/// How much stands behind one page, so that neither its memory nor the transaction grows without an end.
struct reader::extent {
    std::size_t bytes = 0, entries = 0;
    bool full_with(std::size_t more, const page& out) {
        bytes += more;
        return out.events().size() >= page::max_events || bytes >= page::max_bytes || ++entries >= max_scanned;
    }
};

/// A page being read, and what became of its newest row.
struct reader::visit {
    scan& window;
    page& out;
    std::int64_t first = 0, last = 0, last_position = 0;
    std::size_t size = 0;
    std::exception_ptr failed{};
};

/// The SQL function acta_visit, to which SQLite hands each row of a page: asking a statement for five columns takes 27 ns a row more, of 117
/// that SQLite takes for all.
void reader::on_row(sqlite3_context* context, int, sqlite3_value** columns) noexcept {
    auto& self = *static_cast<reader*>(sqlite3_user_data(context));
    visit& now = *self.visiting_;
    try {
        row next(columns);
        now.last_position = next.last_position;
        now.size = next.data.size();
        std::tie(now.first, now.last) = self.take(next, now.window, now.out);
    } catch (...) { now.failed = std::current_exception(); }
}

reader::reader(const connection& from, catalogue& types)
    : from_(from),
      types_(types),
      streams_(from),
      tags_(from),
      index_(from),
      answers_(from),
      snapshots_(from),
      head_(from, "SELECT max(last_position) FROM entry"),
      stream_id_(from, "SELECT id FROM stream WHERE name = ?"),
      newest_version_(from, "SELECT max(last_version) FROM entry WHERE stream = ?"),
      stream_head_(
          from,
          "SELECT last_position, stream, last_version, recorded_at, data FROM entry WHERE stream = ? ORDER BY last_version DESC LIMIT 1"),
      list_(from, "SELECT id FROM stream WHERE id > ? ORDER BY id LIMIT ?"),
      at_(from, "SELECT last_position, stream, last_version, recorded_at, data FROM entry WHERE last_position >= ? ORDER BY last_position "
                "LIMIT 1"),
      entry_of_version_(from, "SELECT min(last_version) FROM entry WHERE stream = ? AND last_version >= ?") {
    if (const int code = sqlite3_create_function_v2(from.handle(), "acta_visit", 5, SQLITE_UTF8 | SQLITE_DIRECTONLY, this, on_row, nullptr,
                                                    nullptr, nullptr);
        code != SQLITE_OK)
        from.fail(code, "making a function");
}

statement& reader::rows_for(bool of_stream, direction way) {
    static constexpr std::string_view what = "SELECT acta_visit(last_position, stream, last_version, recorded_at, data) FROM entry WHERE ";
    static constexpr std::string_view which_ones[] = {
        "last_position > ?1 ORDER BY last_position", "last_position <= ?1 ORDER BY last_position DESC",
        "stream = ?2 AND last_version > ?1 ORDER BY last_version", "stream = ?2 AND last_version <= ?1 ORDER BY last_version DESC"};
    const std::size_t which = (of_stream ? 2U : 0U) + (way == direction::backward ? 1U : 0U);
    if (!rows_[which]) rows_[which] = statement(from_, std::string(what).append(which_ones[which]));
    return rows_[which];
}

void reader::read_page(const stream_name* stream, const read_options& what, page& out) {
    out.clear();
    out.set_next(what.direction == direction::forward ? what.after : what.until, true);
    const position newest = newest_ = head();  // before all else: what the page has is all that there was of it then
    out.set_head(newest);
    std::int64_t id = 0;
    if (stream != nullptr) {
        const auto found = stream_id(stream->text());
        if (!found) return;
        id = *found;
    }
    std::optional<matcher> matching;
    if (!what.query.items.empty()) matching.emplace(what.query, index_, types_);
    scan window(what, id, stream != nullptr ? newest_version(id) : newest, matching ? &*matching : nullptr);
    if (window.nothing()) return;
    if (matching && matching->sought() && stream == nullptr) return seek(*matching, window, out);
    statement& rows = rows_for(window.of_stream(), what.direction);
    const reset_at_exit reset(rows);
    rows.bind(1, window.forward() ? window.after() : upper_end(window, id));
    if (window.of_stream()) rows.bind(2, id);

    visit now{.window = window, .out = out};
    visiting_ = &now;
    extent so_far;
    while (rows.step()) {
        if (now.failed) std::rethrow_exception(now.failed);
        if (!window.joins(now.first, now.last)) damaged(now.last_position, "the entry next to it is missing");
        if (window.ends_with(now.first, now.last) || out.events().size() >= window.limit()) return;
        if (so_far.full_with(now.size, out)) return out.set_next(window.forward() ? now.last : now.first - 1, false);
    }
    missing(stream != nullptr ? in_quotes(stream->text()) : "the store");
}

/// Reads only the entries that the tags lead to.
void reader::seek(matcher& matching, scan& window, page& out) {
    const position end = upper_end(window, 0);
    auto at = window.forward() ? matching.next(window.after() + 1) : matching.previous(end);
    extent so_far;
    while (at && (window.forward() ? *at <= end : *at > window.after())) {
        const reset_at_exit reset(at_);
        if (!at_.bind(1, *at).step() || at_.number(0) != *at) damaged(*at, "the index of tags leads to it, and it is not there");
        row next(at_);
        const auto [first, last] = take(next, window, out);
        if (out.events().size() >= window.limit()) return;
        if (so_far.full_with(next.data.size(), out)) return out.set_next(window.forward() ? last : first - 1, false);
        at = window.forward() ? matching.next(last + 1) : matching.previous(first - 1);
    }
}

/// Decodes one entry and delivers what is wanted of it; answers the numbers of its first and last event.
std::pair<std::int64_t, std::int64_t> reader::take(row& next, scan& window, page& out) {
    if (!window.leads_to(next)) damaged(next.last_position, "the index of another stream leads to it");
    check_reached(next.last_position);
    next.name = streams_.at(next.stream);
    read_entry(next);
    const std::int64_t last = window.last(next), first = last - static_cast<std::int64_t>(entry_.events().size()) + 1;
    deliver(next, window, out);
    return {first, last};
}

void reader::read_entry(const row& from) {
    try {
        entry_.read({from.name, from.last_position, from.last_version, from.recorded_at}, from.data);
    } catch (const failure& why) { damaged(from.last_position, why.what()); }
}

/// Where the row of the newest entry is damaged, the store seems to end earlier; what a stream has beyond is no answer of such a store.
void reader::check_reached(position at) {
    if (at > newest_ && at > (newest_ = head())) damaged(at, "the store seems to end before it");
}

/// The entry that holds the event `until` ends at or behind it.
std::int64_t reader::upper_end(scan& window, std::int64_t stream) {
    std::int64_t end = window.until();
    if (!window.to_the_newest()) {
        statement& query = window.of_stream() ? entry_of_version_ : at_;
        const reset_at_exit reset(query);
        window.of_stream() ? query.bind(1, stream).bind(2, end) : query.bind(1, end);
        if (query.step() && !query.is_null(0)) end = query.number(0);
    }
    window.begins_at(end);
    return end;
}

void reader::deliver(const row& from, scan& window, page& out) {
    const auto events = entry_.events();
    const std::int64_t last = window.last(from), first = last - static_cast<std::int64_t>(events.size()) + 1;
    std::string_view name;
    byte_span data;
    for (std::size_t k = 0; k < events.size() && out.events().size() < window.limit(); ++k) {
        const std::size_t i = window.forward() ? k : events.size() - 1 - k;
        const std::int64_t number = first + static_cast<std::int64_t>(i);
        if (number <= window.after() || number > window.until()) continue;
        const entry_event& event = events[i];
        if (!types_.knows(event.type)) types_.refresh(from_);
        if (!types_.knows(event.type)) damaged(from.last_position, "the type of an event is not in the catalogue");
        if (!window.wanted(event, types_)) continue;
        if (data.empty()) {  // one copy of the row serves all its events
            const auto copied = static_cast<std::byte*>(out.allocate(from.data.size() + from.name.size(), 1));
            std::memcpy(copied, from.data.data(), from.data.size());
            std::memcpy(copied + from.data.size(), from.name.data(), from.name.size());
            data = {copied, from.data.size()};
            name = {reinterpret_cast<const char*>(copied) + from.data.size(), from.name.size()};
        }
        const auto moved = [&](byte_span view) {
            return view.empty() ? byte_span() : data.subspan(static_cast<std::size_t>(view.data() - from.data.data()), view.size());
        };
        const std::int64_t behind = last - number;  // events of this entry after this one
        out.events_to_fill().push_back({.position = from.last_position - behind,
                                        .version = from.last_version - behind,
                                        .recorded_at = timestamp(std::chrono::microseconds(from.recorded_at)),
                                        .stream = name,
                                        .type = event.type,
                                        .payload = moved(event.payload),
                                        .shared_metadata = moved(entry_.shared_metadata()),
                                        .own_metadata = moved(event.own_metadata),
                                        .tags = tags_of(event, out),
                                        .entry_checksum = entry_.checksum()});
    }
}

std::span<const std::string_view> reader::tags_of(const entry_event& event, page& out) {
    if (event.tags.empty()) return {};
    std::vector<std::string_view> names;
    names.reserve(event.tags.size());
    for (const std::uint64_t tag : event.tags) names.push_back(copy_into(out, tags_.at(tag)));
    return copy_into(out, std::span<const std::string_view>(names));
}

position reader::head() {
    const reset_at_exit reset(head_);
    return head_.step() ? head_.number(0) : 0;
}

std::optional<std::int64_t> reader::stream_id(std::string_view name) {
    const reset_at_exit reset(stream_id_);
    if (!stream_id_.bind(1, name).step()) return std::nullopt;
    const std::int64_t id = stream_id_.number(0);
    if (streams_.at(id) != name)
        throw failure(errc::damaged, from_.shown() + ": the index of streams leads from " + in_quotes(name) + " to " +
                                         in_quotes(streams_.at(id)) + ": restore it from a copy, then look at the disk");
    return id;
}

/// A stream is made together with its first entry, so it has one.
std::int64_t reader::newest_version(std::int64_t stream) {
    const reset_at_exit reset(newest_version_);
    newest_version_.bind(1, stream).step();
    if (newest_version_.is_null(0)) missing(in_quotes(streams_.at(stream)));
    return newest_version_.number(0);
}

void reader::fill_head(stream_info& info) {
    const reset_at_exit reset(stream_head_);
    if (!stream_head_.bind(1, info.id).step()) missing(in_quotes(info.name.text()));
    row newest(stream_head_);
    newest.name = info.name.text();
    read_entry(newest);
    check_reached(newest.last_position);
    info.position = newest.last_position;
    info.version = newest.last_version;
    info.recorded_at = timestamp(std::chrono::microseconds(newest.recorded_at));
}

std::optional<stream_info> reader::find_stream(std::string_view name) {
    const auto id = stream_id(name);
    if (!id) return std::nullopt;
    stream_info info{.id = *id, .name = stream_name(name)};
    fill_head(info);
    return info;
}

std::vector<stream_info> reader::streams(std::int64_t after_id, std::size_t limit) {
    std::vector<stream_info> out;
    const reset_at_exit reset(list_);
    list_.bind(1, after_id).bind(2, static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max())));
    while (list_.step()) {
        stream_info info{.id = list_.number(0), .name = stream_name(streams_.at(list_.number(0)))};
        fill_head(info);
        out.push_back(std::move(info));
    }
    return out;
}

std::optional<std::uint64_t> reader::checksum_at(position where) {
    const reset_at_exit reset(at_);
    if (where < 1 || !at_.bind(1, where).step()) return std::nullopt;
    row found(at_);
    found.name = streams_.at(found.stream);
    read_entry(found);
    if (found.last_position - static_cast<std::int64_t>(entry_.events().size()) >= where)
        damaged(found.last_position, "the entry before it is missing");
    return entry_.checksum();
}

std::optional<snapshot> reader::find_snapshot(const stream_name& stream) {
    const auto id = stream_id(stream.text());
    return id ? snapshots_.find(*id, stream) : std::nullopt;
}

void reader::missing(const std::string& of) const {
    throw failure(errc::damaged, from_.shown() + ": entries of " + of + " are missing: restore it from a copy, then look at the disk");
}

void reader::damaged(std::int64_t at, const std::string& why) const {
    throw failure(errc::damaged, from_.shown() + ": the entry that ends at position " + std::to_string(at) +
                                     " is not what was written: " + why + ". Restore the store from a copy, then look at the disk");
}

}  // namespace acta::detail
