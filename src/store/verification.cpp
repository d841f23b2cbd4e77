// A look at every row of a store in one reading, and what is not as it was written.
#include "verification.hpp"

#include <acta/event/layout.hpp>

#include "answers.hpp"
#include "checksum.hpp"
#include "event/text.hpp"
#include "schema.hpp"
#include "snapshots.hpp"

#include <algorithm>
#include <cstring>

namespace acta::detail {

namespace {

constexpr std::uint64_t between_tells = 1'000;  // entries

}  // namespace

verification::verification(const connection& from, catalogue& types, const on_verified& tell)
    : from_(from), types_(types), tell_(tell), leads_(from, "SELECT 1 FROM entry_tag WHERE tag = ? AND last_position = ?") {}

void verification::found(const std::string& what) {
    if (out_.findings.size() < verified::most_findings) out_.findings.push_back(printable(what));
}

/// What a table does not let be read is a finding, and the other tables are looked at all the same.
void verification::take(step one, const char* of) {
    try {
        (this->*one)();
    } catch (const failure& why) {
        if (why.code() != errc::damaged && why.code() != errc::io && why.code() != errc::not_a_store) throw;
        found(std::string(of) + " cannot be read to the end: " + why.what());
    }
}

verified verification::run() {
    statement begin(from_, "BEGIN"), end(from_, "ROLLBACK");
    begin.finish();
    struct ending {
        statement& rolls_back;
        ~ending() {
            try {
                rolls_back.finish();
            } catch (const std::exception&) {}  // nothing was written
        }
    } const at_exit{end};
    {
        statement head(from_, "SELECT max(last_position) FROM entry");
        if (head.step()) out_.head = head.number(0);
    }
    take(&verification::let_sqlite_check, "the file");
    take(&verification::read_types, "the catalogue");
    take(&verification::read_streams, "the table of streams");
    take(&verification::read_entries, "the table of entries");
    take(&verification::compare_streams, "the index of streams");
    take(&verification::count_tags, "the table of tagged entries");
    take(&verification::read_tags, "the table of tags");
    take(&verification::read_commands, "the table of answered commands");
    take(&verification::read_snapshots, "the table of snapshots");
    return std::move(out_);
}

/// Pages, and every index against its table.
void verification::let_sqlite_check() {
    statement check(from_, "PRAGMA integrity_check(100)");
    while (check.step())
        if (check.text(0) != "ok") {
            std::string what(check.text(0));
            std::replace(what.begin(), what.end(), '\n', ' ');
            found("SQLite: " + what);
        }
    statement marks(from_, "SELECT value, checksum FROM store WHERE key = 'format'");
    if (!marks.step() || marks.number(0) != store_mark.format ||
        marks.number(1) != row_checksum().add("format").add(marks.number(0)).value())
        found("what the store says of its own format is not what was written");
    if (from_.number("SELECT count(*) FROM store") != 3) found("what the store says of itself has a row too many, or too few");
    statement mode(from_, "PRAGMA journal_mode");
    if (!mode.step() || (mode.text(0) != "wal" && mode.text(0) != "memory"))
        found("it is not in WAL mode, as every acta store is, and takes no appends: set PRAGMA journal_mode=WAL");
}

/// Their rows were looked at when they were loaded.
void verification::read_types() {
    for (const stored_type& type : types_.all()) try {
            (void)layout::from_text(type.layout_text);
        } catch (const failure& why) { found("the layout of event type " + std::to_string(type.id) + " cannot be read: " + why.what()); }
}

void verification::read_streams() {
    statement rows(from_, "SELECT id, name, closed_at, checksum FROM stream ORDER BY id");
    while (rows.step()) {
        const std::int64_t id = rows.number(0);
        if (rows.number(3) != stream_row_checksum(id, rows.text(1), rows.optional_number(2)))
            found("the row of stream " + std::to_string(id) + " (" + in_quotes(rows.text(1)) + ") does not match its checksum");
        else if (!is_stream_name(rows.text(1)))
            found("the row of stream " + std::to_string(id) + " (" + in_quotes(rows.text(1)) + ") holds no stream's name");
        streams_[id].name = rows.text(1);
    }
}

void verification::read_entries() {
    statement rows(from_, "SELECT last_position, stream, last_version, recorded_at, data FROM entry ORDER BY last_position");
    while (rows.step()) {
        check_entry(rows);
        if (++out_.entries % between_tells == 0 && tell_) tell_(reached_, out_.head);
    }
    if (tell_) tell_(reached_, out_.head);
}

void verification::check_entry(const statement& row) {
    const position last = row.number(0);
    const acta::version version = row.number(2);
    const std::string where = "the entry that ends at position " + std::to_string(last);
    const auto in = streams_.find(row.number(1));
    if (in == streams_.end()) {
        found(where + " belongs to stream " + std::to_string(row.number(1)) + ", which is not there");
        reached_ = last;
        return;
    }
    try {
        entry_.read({in->second.name, last, version, row.number(3)}, row.blob(4));
    } catch (const failure& why) {
        found(where + " (" + in_quotes(in->second.name) + ") is not what was written: " + why.what());
        reached_ = last, in->second.version = version;
        return;
    }
    const auto count = static_cast<std::int64_t>(entry_.events().size());
    if (last - count != reached_)
        found(where + " begins behind position " + std::to_string(last - count) + ", but the one before it ends at " +
              std::to_string(reached_));
    if (version - count != in->second.version)
        found(where + " begins behind version " + std::to_string(version - count) + " of " + in_quotes(in->second.name) +
              ", but the one before it ends at " + std::to_string(in->second.version));
    if (row.number(3) < recorded_at_) found(where + " was recorded before the one before it");
    for (const entry_event& event : entry_.events())
        if (!types_.knows(event.type))
            found(where + " has an event of type " + std::to_string(event.type) + ", which is not in the catalogue");
    check_tags(last);
    reached_ = last, in->second.version = version, recorded_at_ = row.number(3);
}

void verification::check_tags(position last) {
    tags_.clear();
    for (const entry_event& event : entry_.events()) tags_.insert(tags_.end(), event.tags.begin(), event.tags.end());
    std::sort(tags_.begin(), tags_.end());
    tags_.erase(std::unique(tags_.begin(), tags_.end()), tags_.end());
    for (const std::uint64_t tag : tags_) {
        const reset_at_exit reset(leads_);
        if (!leads_.bind(1, static_cast<std::int64_t>(tag)).bind(2, last).step())
            found("tag " + std::to_string(tag) + " does not lead to the entry that ends at position " + std::to_string(last) +
                  ", which has it: a query by tags misses it");
    }
    out_.tags += tags_.size();
}

void verification::compare_streams() {
    statement newest(from_, "SELECT max(last_version) FROM entry WHERE stream = ?");
    for (const auto& [id, one] : streams_) {
        const reset_at_exit reset(newest);
        if (one.version == 0) {
            found("the stream " + in_quotes(one.name) + " has no entry");
        } else if (!newest.bind(1, id).step() || newest.number(0) != one.version) {
            found("the index of streams ends " + in_quotes(one.name) + " at version " + std::to_string(newest.number(0)) +
                  ", its entries at " + std::to_string(one.version));
        } else {
            ++out_.streams;
        }
    }
}

void verification::count_tags() {
    const auto rows = static_cast<std::uint64_t>(from_.number("SELECT count(*) FROM entry_tag"));
    if (rows > out_.tags) found(std::to_string(rows - out_.tags) + " rows lead from a tag to an entry that does not have it");
}

void verification::read_tags() {
    statement rows(from_, "SELECT id, name, checksum FROM tag ORDER BY id");
    while (rows.step())
        if (rows.number(2) != tag_row_checksum(rows.number(0), rows.text(1)))
            found("the row of tag " + std::to_string(rows.number(0)) + " (" + in_quotes(rows.text(1)) + ") does not match its checksum");
        else if (!is_tag(rows.text(1)))
            found("the row of tag " + std::to_string(rows.number(0)) + " (" + in_quotes(rows.text(1)) + ") holds no tag");
    statement strays(from_, "SELECT DISTINCT tag FROM entry_tag WHERE tag NOT IN (SELECT id FROM tag)");
    while (strays.step()) found("tag " + std::to_string(strays.number(0)) + " of some entries has no name");
}

void verification::read_commands() {
    statement rows(from_, "SELECT id, typeof(id) FROM command");
    answer_table answers(from_);
    while (rows.step()) {
        try {
            command_id id;
            if (rows.text(1) == "blob" && rows.blob(0).size() == std::tuple_size_v<command_id::uuid>) {
                command_id::uuid bytes{};
                std::memcpy(bytes.data(), rows.blob(0).data(), bytes.size());
                id = command_id(bytes);
            } else {
                id = command_id(std::string(rows.text(0)));
            }
            const auto answer = answers.find(id);
            if (!answer) found("the answer to the command " + in_quotes(id.text()) + " is not found by its id");
            else if (answer->what.last_position > out_.head)
                found("the command " + in_quotes(id.text()) + " was answered with position " + std::to_string(answer->what.last_position) +
                      ", where there is no event");
        } catch (const failure& why) { found(why.what()); }
        ++out_.commands;
    }
}

void verification::read_snapshots() {
    statement rows(from_, "SELECT stream FROM snapshot ORDER BY stream");
    snapshot_table snapshots(from_);
    while (rows.step()) {
        const auto of = streams_.find(rows.number(0));
        const auto name = of == streams_.end() ? std::string() : of->second.name;
        ++out_.snapshots;
        if (name.empty()) {
            found("a snapshot belongs to stream " + std::to_string(rows.number(0)) + ", which is not there");
            continue;
        }
        const auto kept = snapshots.find(rows.number(0), {});
        if (!kept) found("the snapshot of " + in_quotes(name) + " is not what was written (loading it reads all events instead)");
        else if (kept->version > of->second.version)
            found("the snapshot of " + in_quotes(name) + " is of version " + std::to_string(kept->version) +
                  ", which has not been reached");
    }
}

}  // namespace acta::detail
