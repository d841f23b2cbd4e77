// Deciding many commands and storing what they decided in one transaction: what send_all does with each chunk.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/batch.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/log.hpp>
#include <acta/write/context.hpp>
#include <acta/write/outcome.hpp>
#include <acta/write/send_options.hpp>
#include <acta/write/states.hpp>

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace acta::detail {

/// The answer that a command's id got before. Throws failure(id_reused) where that was another command.
std::optional<outcome> answer_before(const log& from, const command_id& id, std::string_view command);

/// One command of a chunk on its way to its outcome.
struct batch_item {
    command_id id;
    bool identified = false;               ///< the id was given: it is answered once
    std::string_view command;              ///< stored name; of identified ones
    std::optional<std::size_t> same_as{};  ///< of the chunk's command that has the same id and came first
    std::optional<context> about;          ///< made when a decide asks for it, and the same when it is decided again
    kept_stream* stream = nullptr;         ///< null when validate refused
    std::optional<std::size_t> request;
    std::optional<acta::refusal> refused;
    acta::version version = 0;  ///< of the stream, after the command
    bool again = false;         ///< decided before, on a state that others had already changed
    std::optional<outcome> answer{};
};

/// The commands of one chunk. They are decided in order, each on the state that those before it leave behind, then stored in one
/// transaction. Where somebody else was faster the stream's kept state is forgotten and its commands, from the first that conflicted
/// on, are decided again in the next transaction. Not thread-safe. The log and the states outlive it.
class batch {
public:
    batch(log& to, const clock& time, std::size_t retries) : log_(to), clock_(time), retries_(retries) {}

    /// States that have to be forgotten when others write to their streams.
    void watch(any_states& states) { watched_.push_back(&states); }
    /// What goes with each command from now on.
    void stamp(const send_options& each);

    /// Begins a chunk. Kept states of streams that others have written to since are forgotten.
    void start(std::size_t commands);
    /// Of a chunk that has begun.
    void identify(std::size_t index, const command_id& id) { items_[index].id = id, items_[index].identified = !id.empty(); }
    /// The commands to decide now, in order; none when all are answered.
    std::span<const std::size_t> round() const noexcept { return round_; }
    batch_item& item(std::size_t index) { return items_[index]; }
    /// The context of a command, for a decide that takes one.
    const context& context_of(batch_item& item);
    /// True: the id of the command was answered before, in the store or by a command of this chunk that comes first.
    bool answered_before(batch_item& item, std::string_view command);
    /// A snapshot to keep with the events of a command.
    void keep(batch_item& item, snapshot one);
    /// Of a command that has no events to store: its answer is stored with its id, if it has one.
    void keep_answer(batch_item& item);
    /// The events to fill in for a command that was accepted and has some to store.
    std::vector<new_event>& events_of(batch_item& item);
    /// Ends a round: stores what was decided. Throws as the log does; then nothing of the round is stored.
    void commit();
    /// Ends a chunk, or gives it up.
    void finish();
    void abandon();

private:
    void settle(std::span<const append_result> results);
    void settle_unknown(const failure& why);
    append_request& request_of(batch_item& item);
    void decide_again(std::span<const std::size_t> items);
    void forget_written_by_others(position until);

    log& log_;
    const clock& clock_;
    const std::size_t retries_;
    std::vector<any_states*> watched_;
    std::optional<metadata_stamp> stamp_;
    std::string actor_;
    bool keep_refusals_ = false;
    std::map<command_id, std::size_t> ids_;  // of the chunk: who had it first
    std::vector<batch_item> items_;
    std::vector<std::size_t> round_;
    std::size_t rounds_ = 0;
    std::vector<append_request> requests_;  // reused: only the first requested_ are of this round
    std::size_t requested_ = 0;
    std::string name_;   // reused
    position seen_ = 0;  // the kept states know of everything up to here
};

}  // namespace acta::detail
