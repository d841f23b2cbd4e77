// Standard output, for data alone: escapes what a terminal would obey, colours on a terminal, and notices when a write fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace acta::cli {

enum class tint : std::uint8_t { plain, faint, strong, name, mark };

/// Whoever read our output has stopped reading: the command ends quietly.
struct reader_gone : std::exception {
    const char* what() const noexcept override { return "nobody reads the output any more"; }
};

/// Collects lines and writes them in large pieces. Every text passes terminal_safe on its way, so that no caller can forget it.
/// Throws reader_gone, or complaint when the writing fails (a full disk). Used by one thread.
class output {
public:
    explicit output(int descriptor);
    output(const output&) = delete;
    output& operator=(const output&) = delete;

    /// A person is looking: headings and colours make sense.
    bool is_terminal() const noexcept { return is_terminal_; }

    output& put(std::string_view text, tint colour = tint::plain);
    /// A column, padded to `width` characters and followed by two spaces.
    output& left(std::string_view text, std::size_t width, tint colour = tint::plain);
    output& right(std::string_view text, std::size_t width, tint colour = tint::plain);
    void end_line();
    /// One whole line.
    void line(std::string_view text) { put(text), end_line(); }
    /// Writes what has been collected.
    void flush();

private:
    int descriptor_;
    bool is_terminal_;
    bool in_colour_;
    std::string waiting_;
};

/// Standard error, for talk: "acta: " and one sentence on a line of its own. Never throws.
void say(std::string_view sentence) noexcept;

/// Does a terminal stand behind the descriptor, one that understands more than plain lines?
bool is_clever_terminal(int descriptor) noexcept;

}  // namespace acta::cli
