// What a decide may know besides state and command: time, identity, place, and new ids.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/context.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/event/envelope.hpp>

#include <string>
#include <vector>

namespace acta {

/// Made once per send. When a conflict makes the command be decided again everything in it is the same, the ids that new_id()
/// hands out included; only version() is that of the newer state. Not thread-safe: it belongs to one decision.
class context {
public:
    /// What a context is made of; a test fills in what it needs.
    struct known {
        timestamp now{};
        acta::command_id command_id{};
        std::string actor{};
        stream_name stream{};
        acta::version version = 0;
        std::vector<std::string> new_ids{};  ///< handed out first
    };

    context() = default;
    explicit context(known what) : known_(std::move(what)) {}

    /// When the command was sent.
    timestamp now() const noexcept { return known_.now; }
    const acta::command_id& command_id() const noexcept { return known_.command_id; }
    /// Who sent it; empty when nobody said.
    const std::string& actor() const noexcept { return known_.actor; }
    const stream_name& stream() const noexcept { return known_.stream; }
    /// Of the state that is decided on; 0 when the stream is new.
    acta::version version() const noexcept { return known_.version; }
    /// A new UUIDv7 as text, another one with each call.
    std::string new_id() const;

    /// For those who run a decide: what follows is one more decision of the same send, on a state at this version.
    void decide_at(acta::version version) noexcept { known_.version = version, ids_given_ = 0; }

private:
    mutable known known_;
    mutable std::size_t ids_given_ = 0;
};

}  // namespace acta
