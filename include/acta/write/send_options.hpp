// What goes with a command: its identity, who sends it and why, and what it expects.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/send_options.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/append.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace acta {

struct send_options {
    /// The command's identity, from whoever sends it; empty: a new one is made. It is what correlation and causation default to and
    /// is recorded nowhere else: a command that is sent twice with the same id is decided twice.
    acta::command_id id{};
    std::string actor{};                         ///< who; empty: nobody said
    command_id correlation{};                    ///< the conversation this belongs to; empty: that of `cause`, else the command's id
    command_id causation{};                      ///< what led to the events; empty: the command's id
    const acta::metadata* cause = nullptr;       ///< of the event that led to this command; borrowed for the call
    std::string traceparent{};                   ///< W3C Trace Context, as received
    std::optional<timestamp> occurred_at{};      ///< when it happened, where that is not when it is recorded
    acta::metadata metadata{};                   ///< own keys; what is given here wins over the rest
    std::optional<expected_version> expected{};  ///< checked against the stream (an If-Match): answered with a conflict, never retried
};

struct send_all_options {
    std::size_t chunk = 1'000;  ///< commands in one transaction, at least 1
    send_options each{};        ///< goes with each of them; without `id` and `expected`, which belong to one command
};

namespace detail {

/// Makes the metadata of commands that are sent with the same options.
class metadata_stamp {
public:
    explicit metadata_stamp(const send_options& options);
    metadata for_command(const command_id& id) const;

private:
    metadata given_;
    metadata own_;
    bool correlated_ = false;
    bool caused_ = false;
};

}  // namespace detail

}  // namespace acta
