// What became of a command.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/outcome.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/append.hpp>
#include <acta/write/decision.hpp>

#include <optional>
#include <string>

namespace acta {

/// The answer to one command: accepted, refused, in conflict, or unknown. True when accepted.
class [[nodiscard]] outcome {
public:
    /// Accepted, and stored if there was something to store.
    explicit operator bool() const noexcept { return kind_ == kind::accepted; }
    /// Why the domain said no; nothing unless it did.
    const std::optional<acta::refusal>& refusal() const noexcept { return refusal_; }
    /// What stood in the way when others were faster each time, or when the options' `expected` did not hold; nothing unless so.
    std::optional<acta::conflict> conflict() const;
    /// The events may or may not be stored: read the stream before the command is sent again.
    bool unknown() const noexcept { return kind_ == kind::unknown; }

    /// The stream that the command was for; empty when validate refused it.
    const stream_name& stream() const noexcept { return stream_; }
    /// Of the stream, after the command; what `exactly` takes for the next one.
    acta::version version() const noexcept { return version_; }
    /// Of the last event that it stored; else of the newest event of the stream when it was decided, 0 if there was none.
    acta::position position() const noexcept { return position_; }
    /// One sentence for a log or a terminal.
    std::string text() const;

    /// For those who answer commands.
    static outcome when_accepted(stream_name stream, acta::version at, acta::position last);
    static outcome when_refused(stream_name stream, acta::version at, acta::position last, const acta::refusal& why);
    static outcome when_conflict(const acta::conflict& what);
    static outcome when_unknown(stream_name stream, std::string why);

private:
    enum class kind : std::uint8_t { accepted, refused, conflict, unknown };
    outcome(kind what, stream_name stream, acta::version at, acta::position last);

    kind kind_;
    stream_name stream_;
    acta::version version_;
    acta::position position_;
    expected_version expected_ = any;
    std::optional<acta::refusal> refusal_;
    std::string why_;
};

}  // namespace acta
