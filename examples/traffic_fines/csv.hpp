// The log of the police, a CSV file, as an input range of commands. Nothing passes that was not understood to the last character.
#pragma once

#include <acta/event/result.hpp>

#include "fine_commands.hpp"

#include <array>
#include <cstddef>
#include <istream>
#include <iterator>
#include <string>
#include <string_view>

namespace traffic {

/// A line that breaks the rules of the log; what() is `line 7, column 'amount': ` and what is wrong with it.
class malformed_line : public acta::failure {
public:
    malformed_line(std::size_t line, std::string column, const std::string& why);

    /// 1-based; the header is line 1.
    std::size_t line() const noexcept { return line_; }
    /// Its name in the header; its number, where a line has more columns than the header.
    const std::string& column() const noexcept { return column_; }

private:
    std::size_t line_;
    std::string column_;
};

/// Reads a stream line by line, each when it is asked for. Everything that is done with it throws malformed_line for a line that is
/// no command, and acta::failure(io) when the stream breaks. The stream outlives it.
class command_reader {
public:
    /// The longest line that is accepted, in bytes.
    static constexpr std::size_t max_line = 4096;

    /// Reads the header, which has to name the columns of the log, all of them and in their order.
    explicit command_reader(std::istream& from);
    command_reader(const command_reader&) = delete;
    command_reader& operator=(const command_reader&) = delete;

    /// The number of the line that was read last; the header is line 1.
    std::size_t line() const noexcept { return line_; }

    /// An input iterator: moving it on reads the next line.
    class iterator {
    public:
        using value_type = fine_command;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        iterator() = default;
        explicit iterator(command_reader& of) : of_(&of) {}
        const fine_command& operator*() const { return of_->command_; }
        iterator& operator++() {
            of_->advance();
            return *this;
        }
        void operator++(int) { of_->advance(); }
        friend bool operator==(const iterator& it, std::default_sentinel_t) { return it.at_end(); }

    private:
        bool at_end() const noexcept { return of_->at_end_; }
        command_reader* of_ = nullptr;
    };

    /// Reads the first command.
    iterator begin() {
        advance();
        return iterator(*this);
    }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    void advance();
    /// The next line without its end, valid until the next call. False: there is none.
    bool read_line(std::string_view& text);

    std::istream& in_;
    std::array<char, max_line + 3> buffer_{};  // a line, a carriage return, the line's end and the NUL of getline
    std::size_t line_ = 0;
    fine_command command_{};
    bool at_end_ = false;
};

}  // namespace traffic
