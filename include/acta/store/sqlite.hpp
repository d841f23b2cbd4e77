// The log in one SQLite file.
#pragma once

#if !defined(ACTA_ROOM_STORE)
#error "acta/store/... is the log itself: link acta::store (a projection or plugin links acta::read alone and never sees the log)"
#endif

#include <acta/store/log.hpp>
#include <acta/store/options.hpp>
#include <acta/store/verified.hpp>

#include <filesystem>
#include <memory>

namespace acta {

/// A store in one SQLite file (format: src/store/FORMAT.md), or in memory for tests when the path is ":memory:". Nobody else in this
/// process may open that file: POSIX locks are lost when any other handle on it is closed.
class sqlite_log final : public log {
public:
    /// Opens or makes the store. Throws failure with a sentence that names the file: not_found, not_a_store, newer_format, read_only,
    /// damaged, io, busy. A file that is refused is left as it was.
    explicit sqlite_log(const std::filesystem::path& file, const options& how = {});
    ~sqlite_log() override;

    std::vector<append_result> append_all(std::span<const append_request> requests) override;
    std::future<append_result> append_async(append_request request) override;
    std::optional<answered> find_answer(const command_id& id) const override;
    std::optional<snapshot> find_snapshot(const stream_name& stream) const override;
    void read_page(const stream_name* stream, const read_options& what, page& out) const override;
    position head() const override;
    /// Woken by the commit itself, also of another process (some 50 us); every 100 ms it looks by itself.
    position wait(position after, std::chrono::steady_clock::time_point deadline) const override;
    std::optional<stream_info> find_stream(const stream_name& stream) const override;
    std::vector<stream_info> streams(std::int64_t after_id, std::size_t limit) const override;
    const stored_type& type(type_id id) const override;
    std::vector<stored_type> types() const override;
    std::array<std::byte, 16> uuid() const override;
    timestamp created_at() const override;
    std::optional<std::uint64_t> checksum_at(position where) const override;
    std::string name() const override;

    /// Looks at every byte in one reading: checksums, order and gaps, names, tags against entries, answers, snapshots, the catalogue, and
    /// SQLite's own check. Takes about as long as a replay; changes nothing. Damage is the answer, not an exception.
    verified verify(const on_verified& tell = {}) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace acta
