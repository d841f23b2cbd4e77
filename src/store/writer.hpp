// The one writing connection: checks, numbers and inserts inside one transaction, and tells how a failed COMMIT ended.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <acta/store/log.hpp>
#include <acta/store/options.hpp>

#include "catalogue.hpp"
#include "entry.hpp"
#include "turnstile.hpp"

namespace acta::detail {

/// Used by one thread at a time.
class writer {
public:
    /// `open` makes a writing connection; it is called again when a COMMIT has failed.
    writer(std::function<connection()> open, turnstile gate, const options& how);
    ~writer();

    std::vector<append_result> append_all(std::span<const append_request> requests);
    const connection& on() const noexcept { return on_; }

private:
    struct stream_state {
        std::int64_t id = 0;
        acta::version version = 0;
    };
    struct statements;

    void prepare();
    void reopen();
    bool has_moved() const noexcept;
    void begin();
    void take_in_head();
    void check_entry(const statement& row);
    append_result append_one(const append_request& request);
    stream_state& state_of(const stream_name& stream);
    stream_state load_state(const std::string& name);
    void make_stream(const stream_name& stream, stream_state& state);
    void insert_run(const stream_write& write, stream_state& state, byte_span shared_metadata);
    void insert_entry(const std::string& stream, stream_state& state, byte_span shared_metadata);
    type_id type_of(const event_codec& codec);
    std::uint64_t tag_id(const std::string& name);
    std::uint64_t next_nonce() noexcept;
    void commit();
    bool committed_after_all(const std::exception& why);
    bool holds_first_entry();
    void copy_back_all();
    void roll_back() noexcept;
    void forget() noexcept;
    void checkpoint();

    std::function<connection()> open_;
    turnstile gate_;
    options how_;
    connection on_;
    std::unique_ptr<statements> sql_;
    std::uint64_t nonces_;  // of this writer alone: a process that is forked from this one must not count on from the same number

    // What is known of the store as of our own last commit; dropped when another process has written or a transaction rolled back.
    catalogue own_types_;  // also those of the running transaction, which nobody else may see
    acta::position head_ = -1;
    std::int64_t recorded_at_ = 0;
    std::int64_t last_stream_ = 0, last_tag_ = 0;
    std::unordered_map<std::string, stream_state> streams_;
    std::unordered_map<const event_codec*, type_id> type_ids_;
    std::unordered_map<std::string, std::uint64_t> tag_ids_;

    // Of the running transaction.
    acta::position next_ = 0;
    acta::position first_entry_ = 0;  // 0: nothing inserted yet
    std::uint64_t first_nonce_ = 0;
    std::unordered_set<std::string_view> conflicted_;  // streams; borrowed from the requests
    std::vector<entry_event> events_;
    std::vector<std::uint64_t> tags_;
    std::vector<std::size_t> tag_counts_;
    std::vector<std::byte> entry_;
    entry_reader checked_;

    std::size_t wal_pages_ = 0;
    std::size_t checkpoint_at_ = 0;
};

}  // namespace acta::detail
