// Files of a test: a folder that goes away with it, their bytes, and a plain SQLite handle, as a shell has it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;

namespace tests {

/// A new folder, in memory where the system has a place for that (a sync costs nothing there), else where TMPDIR says; removed with
/// everything in it.
class folder {
public:
    folder();
    /// Under another one.
    explicit folder(const std::filesystem::path& where);
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder();

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
    /// Names of the files in it, in order, each followed by a space.
    std::string listing() const;

private:
    std::filesystem::path path_;
};

std::string bytes_of_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, std::string_view bytes);
/// One bit of one byte turned over.
void flip_bit(const std::filesystem::path& file, std::size_t byte, unsigned bit);

/// SQLite without acta: nothing hardened, triggers on.
class shell {
public:
    explicit shell(const std::filesystem::path& file);
    shell(const shell&) = delete;
    shell& operator=(const shell&) = delete;
    ~shell();

    /// Runs statements; "" or the reason why not.
    std::string run(const std::string& sql);
    /// The first column of the first row, as text; "" when there is none.
    std::string ask(const std::string& sql);
    /// From now on triggers do not fire: what whoever owns the file can do to it in the end.
    shell& disarm();
    /// Runs SQL on the bare rows of an index, which `definition` makes a table called `bare` of, behind its table's back.
    std::string run_on_index(const std::string& index, const std::string& definition, const std::string& sql);
    sqlite3* handle() const noexcept { return handle_; }

private:
    sqlite3* handle_ = nullptr;
};

}  // namespace tests
