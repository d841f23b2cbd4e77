// How far a long run has come: one line on a terminal, drawn over and over.
#include "progress_line.hpp"

#include "output.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <utility>

namespace acta::cli {

namespace {

constexpr std::string_view line_start = "\r\x1b[K";

std::size_t terminal_width() noexcept {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void show(std::string_view text) noexcept {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());  // a line that is lost hurts nobody
}

std::string minutes(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::min(seconds, 1e9) + 0.5);
    if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

progress_line::progress_line(std::string doing) : doing_(std::move(doing)), visible_(is_clever_terminal(STDERR_FILENO)) {}

progress_line::~progress_line() {
    if (drawn_) show(line_start);
}

void progress_line::at(std::int64_t done, std::int64_t total) {
    if (first_ < 0) first_ = done, begun_ = steady::now();
    if (!visible_) return;
    const auto now = steady::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    const double rate = seconds > 0 ? static_cast<double>(done - first_) / seconds : 0;
    show(std::string(line_start) + progress_text(doing_, done, total, rate, terminal_width() - 1));
    drawn_ = true;
}

std::string progress_text(const std::string& doing, std::int64_t done, std::int64_t total, double rate, std::size_t width) {
    const double part = total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0;
    const std::string before = fmt::format("{} {:3.0f} %", doing, part * 100);
    std::string after = fmt::format("{} of {} events", grouped(done), grouped(total));
    if (rate >= 1)
        after += fmt::format("  {}/s  ETA {}", grouped(static_cast<std::int64_t>(rate)),
                             minutes(static_cast<double>(std::max<std::int64_t>(total - done, 0)) / rate));
    const std::size_t taken = before.size() + after.size() + 6;
    if (taken + 5 > width) return (before + "  " + after).substr(0, width);
    const std::size_t bar = std::min<std::size_t>(40, width - taken), full = static_cast<std::size_t>(part * static_cast<double>(bar));
    return before + "  [" + std::string(full, '#') + std::string(bar - full, '.') + "]  " + after;
}

}  // namespace acta::cli
