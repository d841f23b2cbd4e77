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
    /// The command's identity, from whoever sends it. Given, it is stored with the command's name and answer: the same id again gets the
    /// same answer and stores nothing; on another command it is failure(id_reused). Empty: a new one is made, which is what correlation and
    /// causation default to and is recorded nowhere else.
    acta::command_id id{};
    bool keep_refusal = false;              ///< the answer to the id is kept also when it is a refusal; else a refused id may be sent again
    std::string actor{};                    ///< who; empty: nobody said
    command_id correlation{};               ///< the conversation this belongs to; empty: that of `cause`, else the command's id
    command_id causation{};                 ///< what led to the events; empty: the command's id
    const acta::metadata* cause = nullptr;  ///< of the event that led to this command; borrowed for the call
    std::string traceparent{};              ///< W3C Trace Context, as received
    std::optional<timestamp> occurred_at{};      ///< when it happened, where that is not when it is recorded
    acta::metadata metadata{};                   ///< own keys; what is given here wins over the rest
    std::optional<expected_version> expected{};  ///< checked against the stream (an If-Match): answered with a conflict, never retried
};

struct send_all_options {
    std::size_t chunk = 1'000;  ///< commands in one transaction, at least 1
    send_options each{};        ///< goes with each of them; without `id` (see `identified`) and `expected`, which belong to one command
};

/// A command for send_all with its own id: `acta::identified{deposit{"ada", 100}, "line-17"}`.
template <class C>
struct identified {
    C command{};
    command_id id{};
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
