// What became of a command.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/outcome.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/store/append.hpp>
#include <acta/write/decision.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace acta {

/// The answer to one command: accepted, refused, in conflict, or unknown. True when accepted.
class [[nodiscard]] outcome {
public:
    /// Accepted, and stored if there was something to store.
    explicit operator bool() const noexcept { return kind_ == kind::accepted; }
    /// Why the domain said no; nothing unless it did. Its texts live as long as an outcome of this command.
    const std::optional<acta::refusal>& refusal() const noexcept { return refusal_; }
    /// What stood in the way when others were faster each time, or when the options' `expected` did not hold; nothing unless so.
    std::optional<acta::conflict> conflict() const;
    /// The events may or may not be stored: read the stream before the command is sent again, or send it with the id that it had.
    bool unknown() const noexcept { return kind_ == kind::unknown; }
    /// The command's id had been answered before: this is that answer, and nothing was stored now.
    bool already_done() const noexcept { return already_done_; }

    /// The stream that the command was for, the first of several; empty when validate refused it.
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
    static outcome when_conflict(acta::conflict what);
    static outcome when_unknown(stream_name stream, std::string why);

    /// What a store keeps with the command's id (src/store/FORMAT.md, "Answers"), and the outcome that it was.
    std::vector<std::byte> kept() const;
    /// Throws failure(damaged) where the bytes are none that kept() made.
    static outcome from_kept(const appended& before);
    /// The same answer for who sends the same id again.
    outcome again() const {
        outcome same = *this;
        same.already_done_ = kind_ == kind::accepted || kind_ == kind::refused;
        return same;
    }

private:
    enum class kind : std::uint8_t { accepted, refused, conflict, unknown };
    /// What few outcomes have.
    struct details {
        acta::conflict conflict{};
        std::string why{};
        std::string code{}, sentence{};  // of a refusal that was kept
    };
    outcome(kind what, stream_name stream, acta::version at, acta::position last);

    kind kind_;
    bool already_done_ = false;
    stream_name stream_;
    acta::version version_;
    acta::position position_;
    std::optional<acta::refusal> refusal_;
    std::shared_ptr<const details> details_;
};

}  // namespace acta
