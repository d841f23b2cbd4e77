// Standard output, for data alone: escapes what a terminal would obey, colours on a terminal, and notices when a write fails.
#include "output.hpp"

#include "exit_code.hpp"
#include "text.hpp"

#include <poll.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace acta::cli {

namespace {

constexpr std::size_t piece = 64 << 10;
constexpr std::array<std::string_view, 5> colours{"", "\x1b[2m", "\x1b[1m", "\x1b[36m", "\x1b[33m"};
constexpr std::string_view no_colour = "\x1b[0m";

/// Writes all of it; answers the system's error number, 0 when all went well.
int write_all(int descriptor, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {  // somebody made our descriptor non-blocking
            pollfd ready{descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

bool is_set(const char* variable) noexcept {
    const char* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

}  // namespace

bool is_clever_terminal(int descriptor) noexcept {
    const char* const kind = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && kind != nullptr && *kind != '\0' && std::strcmp(kind, "dumb") != 0;
}

output::output(int descriptor)
    : descriptor_(descriptor), is_terminal_(::isatty(descriptor) == 1), in_colour_(is_clever_terminal(descriptor) && !is_set("NO_COLOR")) {}

output& output::put(std::string_view text, tint colour) {
    const bool coloured = in_colour_ && colour != tint::plain && !text.empty();
    if (coloured) waiting_ += colours[static_cast<std::size_t>(colour)];
    waiting_ += terminal_safe(text);
    if (coloured) waiting_ += no_colour;
    return *this;
}

output& output::left(std::string_view text, std::size_t width, tint colour) {
    const std::size_t taken = width_of(terminal_safe(text));
    put(text, colour);
    waiting_.append((taken < width ? width - taken : 0) + 2, ' ');
    return *this;
}

output& output::right(std::string_view text, std::size_t width, tint colour) {
    const std::size_t taken = width_of(terminal_safe(text));
    waiting_.append(taken < width ? width - taken : 0, ' ');
    put(text, colour);
    waiting_.append(2, ' ');
    return *this;
}

void output::end_line() {
    waiting_ += '\n';
    if (waiting_.size() >= piece) flush();
}

void output::flush() {
    const int error = write_all(descriptor_, waiting_);
    waiting_.clear();
    if (error == EPIPE) throw reader_gone();
    if (error != 0)
        throw complaint(exit_code::failed, std::string("cannot write to standard output (") + std::strerror(error) +
                                               "): what was printed is not complete, mend that and run it again");
}

void say(std::string_view sentence) noexcept {
    try {
        write_all(STDERR_FILENO, "acta: " + terminal_safe(sentence) + '\n');
    } catch (...) { write_all(STDERR_FILENO, "acta: out of memory\n"); }
}

}  // namespace acta::cli
