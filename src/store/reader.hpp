// Reading pages of events through one connection, every byte checked on the way.
#pragma once

#include <acta/store/log.hpp>

#include "answers.hpp"
#include "catalogue.hpp"
#include "entry.hpp"
#include "matching.hpp"
#include "names.hpp"
#include "snapshots.hpp"

#include <array>
#include <optional>
#include <utility>

namespace acta::detail {

/// One connection's reading side. Used by one thread at a time. Holds no transaction between calls.
class reader {
public:
    reader(const connection& from, catalogue& types);
    reader(const reader&) = delete;  // its connection knows where it is
    reader& operator=(const reader&) = delete;

    void read_page(const stream_name* stream, const read_options& what, page& out);
    position head();
    std::optional<stream_info> find_stream(std::string_view name);
    std::vector<stream_info> streams(std::int64_t after_id, std::size_t limit);
    std::optional<std::uint64_t> checksum_at(position where);
    std::optional<answered> find_answer(const command_id& id) { return answers_.find(id); }
    std::optional<snapshot> find_snapshot(const stream_name& stream);

    /// The number of a stream; nothing when it is not there. Throws failure(damaged) when the index led to another stream.
    std::optional<std::int64_t> stream_id(std::string_view name);

private:
    struct row;
    struct extent;
    struct visit;
    class scan;

    static void on_row(sqlite3_context* context, int count, sqlite3_value** columns) noexcept;

    statement& rows_for(bool of_stream, direction way);
    void read_entry(const row& from);
    void check_reached(position at);
    std::int64_t newest_version(std::int64_t stream);
    void fill_head(stream_info& info);
    std::int64_t upper_end(scan& window, std::int64_t stream);
    void seek(matcher& matching, scan& window, page& out);
    std::pair<std::int64_t, std::int64_t> take(row& next, scan& window, page& out);
    void deliver(const row& from, scan& window, page& out);
    std::span<const std::string_view> tags_of(const entry_event& event, page& out);
    [[noreturn]] void missing(const std::string& of) const;
    [[noreturn]] void damaged(std::int64_t position, const std::string& why) const;

    const connection& from_;
    catalogue& types_;
    stream_names streams_;
    tag_names tags_;
    tag_index index_;
    answer_table answers_;
    snapshot_table snapshots_;
    entry_reader entry_;
    visit* visiting_ = nullptr;  // while a page is read
    position newest_ = 0;        // when it was last looked at
    statement head_, stream_id_, newest_version_, stream_head_, list_, at_, entry_of_version_;
    std::array<statement, 4> rows_;  // all and of one stream, forward and backward
};

}  // namespace acta::detail
