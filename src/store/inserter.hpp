// What happens inside a write transaction: numbers are given, expectations checked, entries inserted.
#pragma once

#include <acta/store/log.hpp>
#include <acta/store/options.hpp>

#include "answers.hpp"
#include "catalogue.hpp"
#include "entry.hpp"
#include "matching.hpp"
#include "snapshots.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace acta::detail {

/// Remembers streams, tags and types between transactions, for as long as nobody else writes. Used by one thread at a time.
class inserter {
public:
    /// The connection and the options outlive it. `nonces` is where the writer's own random numbers go on.
    inserter(const connection& on, const options& how, std::uint64_t& nonces);
    ~inserter();

    /// Takes in where the store ends, inside the transaction that has just begun.
    void begin();
    /// Requests of one append_all call follow.
    void begin_call();
    /// Stores one request, or answers what is in its way. Throws failure where it cannot be stored at all; then the transaction has to
    /// be rolled back.
    append_result append(const append_request& request);
    /// After the COMMIT, or the ROLLBACK.
    void committed();
    void rolled_back() noexcept;

    /// By what it can be told whether the transaction is stored, asked on any connection once it was committed.
    struct proof {
        position entry = 0;  ///< 0: there was none
        std::uint64_t nonce = 0;
        command_id answer{};
        std::int64_t recorded_at = 0;
    };
    const proof& proof_of_transaction() const noexcept { return proof_; }
    bool holds(const proof& of);

private:
    struct stream_state {
        std::int64_t id = 0;
        acta::version version = 0;
    };
    struct statements;

    void forget() noexcept;
    void check_room(const append_request& request) const;
    void check_snapshot(const snapshot& one);
    void check_entry(const statement& row);
    std::optional<append_error> stream_in_the_way(const append_request& request);
    std::optional<append_error> condition_in_the_way(const append_request& request);
    std::vector<position> positions_behind(const stream_state& of, acta::version after);
    std::vector<position> matching_behind(const condition& one);
    stream_state& state_of(const stream_name& stream);
    stream_state load_state(const std::string& name);
    void make_stream(const stream_name& stream, stream_state& state);
    void insert_run(const stream_write& write, stream_state& state, byte_span shared_metadata);
    void insert_entry(const std::string& stream, stream_state& state, byte_span shared_metadata);
    type_id type_of(const event_codec& codec);
    std::uint64_t tag_id(const tag& one);
    std::uint64_t next_nonce() noexcept;

    const connection& on_;
    const options& how_;
    std::uint64_t& nonces_;
    std::unique_ptr<statements> sql_;
    tag_index index_;
    answer_table answers_;
    snapshot_table snapshots_;

    // What is known of the store as of our own last commit; dropped when another process has written or a transaction was rolled back.
    catalogue types_;  // also those of the running transaction, which nobody else may see
    acta::position head_ = -1;
    std::int64_t recorded_at_ = 0;
    std::int64_t last_stream_ = 0, last_tag_ = 0;
    std::unordered_map<std::string, stream_state> streams_;
    std::unordered_map<const event_codec*, type_id> type_ids_;
    std::unordered_map<std::string, std::uint64_t> tag_ids_;

    // Of the running transaction.
    acta::position next_ = 0;
    std::size_t types_before_ = 0;
    proof proof_;
    std::unordered_set<std::string_view> conflicted_;  // streams of this call; borrowed from its requests
    std::vector<entry_event> events_;
    std::vector<std::uint64_t> tags_;
    std::vector<std::size_t> tag_counts_;
    std::vector<std::byte> entry_;
    entry_reader read_;
};

}  // namespace acta::detail
