// Runs the acta command as a user would, in a folder of its own, and sees what it leaves behind.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace acta::testing_the_command {

using words = std::vector<std::string>;

/// A folder that is gone when the test is over.
class folder {
public:
    folder();
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder();

    std::string path(std::string_view name) const { return (root_ / name).string(); }
    const std::filesystem::path& root() const noexcept { return root_; }
    /// Every regular file with its bytes, but for the side files of SQLite and acta, which may come and go.
    std::map<std::string, std::string> files() const;

private:
    std::filesystem::path root_;
};

/// How a run of the command ended. Of a run on a terminal `out` holds what the terminal got.
struct ended {
    int code = -1;
    std::string out{};
    std::string err{};

    std::vector<std::string> lines() const;
    std::vector<nlohmann::json> json_lines() const;
    /// `err` is one line, one sentence of ours.
    bool said_one_sentence() const;
};

struct surroundings {
    enum class stream { file, terminal, full_device, closed };
    stream out = stream::file;
    stream err = stream::file;
    std::vector<std::string> variables{};  ///< like "NO_COLOR=1"
    bool without_rights = false;           ///< as a user who may do no more than anybody
};

/// Runs `acta` with these words.
ended run(const words& words, const surroundings& where = {});
/// Runs a line of the shell in which "$acta" is the command.
ended run_shell(const std::string& line);

std::string bytes_of_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view bytes);

/// The rows of a query over a file, values joined by '|'.
words rows_of(const std::string& file, const char* sql);

/// Does the text hold a byte that a terminal would obey? A newline is none.
bool has_control_characters(std::string_view text);

/// A store of two shops: shop-north (opened, sold 250 and 13, closed) and shop-süd (opened, sold 1000 with a nasty note), and the till-1.
/// The times are those of a clock that starts at 2026-01-02 03:04:05 UTC and goes on by one second an append.
void make_store(const std::string& file);
/// A store of `events` sales in shops of 100 sales each, 10 an append.
void make_large_store(const std::string& file, int events);

/// The nasty note of make_store, and what must never reach a terminal of it.
inline constexpr std::string_view nasty = "red \x1b[31m bell \x07 del \x7f c1 \xc2\x9b"
                                          "31m title \xc2\x9d new\nline \xe2\x80\xae back";

}  // namespace acta::testing_the_command
