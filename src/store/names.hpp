// Numbers and names of streams and tags, read from their tables with a memory of those met before.
#pragma once

#include "database.hpp"

#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace acta::detail {

/// Does a stored name keep the rules of its kind? A checksum that fits proves no writer of acta: a name may hold a terminal's commands.
bool is_stream_name(std::string_view text);
bool is_tag(std::string_view text);

std::int64_t stream_row_checksum(std::int64_t id, std::string_view name, std::optional<std::int64_t> closed_at = {});
std::int64_t tag_row_checksum(std::int64_t id, std::string_view name);

/// Stream names by number, for readers. Numbers are dense, so names are read in runs of 256; 1,024 of those are remembered.
/// Used by one thread at a time; a view lives until the next call.
class stream_names {
public:
    explicit stream_names(const connection& from);
    /// Throws failure(damaged) when the stream is not there or its row is not what was written.
    std::string_view at(std::int64_t id);

private:
    static constexpr std::size_t run = 256, most_runs = 1'024;
    static constexpr std::int64_t most_streams = std::int64_t{1} << 62;  // no store has as many: beyond it numbers would overflow
    using names = std::vector<std::string>;
    bool remember(std::size_t number);
    void read(std::int64_t first, std::int64_t last, names& into);

    const connection& from_;
    statement query_;
    std::unordered_map<std::size_t, names> runs_;
    std::queue<std::size_t> order_;  // of the runs
    std::size_t last_number_ = static_cast<std::size_t>(-1), last_alone_ = last_number_;
    names* last_ = nullptr;
    names alone_;  // one, read by itself
    std::size_t alone_count_ = 0;
};

/// Tag names by number, for readers. Holds at most 65,536. Used by one thread at a time; a view lives until the next call that adds.
class tag_names {
public:
    explicit tag_names(const connection& from);
    std::string_view at(std::uint64_t id);

private:
    static constexpr std::size_t most = 65'536;
    const connection& from_;
    statement query_;
    std::unordered_map<std::uint64_t, std::string> names_;
};

}  // namespace acta::detail
