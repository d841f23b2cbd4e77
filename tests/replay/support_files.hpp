// Files, logs and dumps for the tests of replay.
#pragma once

#include <acta/store/sqlite.hpp>

#include "store/database.hpp"
#include "support_bank.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// A directory of its own, gone at the end.
class scratch {
public:
    scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "acta-replay-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

    /// The names of all files in it, in order.
    std::vector<std::string> files() const {
        std::vector<std::string> out;
        for (const auto& each : std::filesystem::directory_iterator(path_)) out.push_back(each.path().filename().string());
        std::sort(out.begin(), out.end());
        return out;
    }

private:
    std::filesystem::path path_;
};

inline std::string bytes_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_file(const std::filesystem::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

/// All rows of all tables but acta's own, as text.
inline std::string dump(const std::filesystem::path& file) {
    const acta::detail::connection on(file.string(), SQLITE_OPEN_READWRITE, "", file.string());
    std::string out;
    acta::detail::statement tables(on, "SELECT name, (SELECT count(*) FROM pragma_table_info(t.name)) FROM sqlite_schema AS t WHERE "
                                       "type = 'table' AND name NOT LIKE 'acta\\_%' ESCAPE '\\' ORDER BY name");
    while (tables.step()) {
        const std::string name(tables.text(0));
        const int columns = static_cast<int>(tables.number(1));
        out += name + ":\n";
        acta::detail::statement rows(on, "SELECT * FROM \"" + name + "\" ORDER BY 1, 2");
        while (rows.step()) {
            for (int i = 0; i < columns; ++i) out += (i == 0 ? "  " : " | ") + std::string(rows.text(i));
            out += '\n';
        }
    }
    return out;
}

/// What a failing call says and with which code.
struct said {
    acta::errc code{};
    std::string text;
    bool has(std::string_view part) const { return text.find(part) != std::string::npos; }
};
template <class Body>
said failure_of(const Body& body) {
    try {
        body();
    } catch (const acta::failure& why) { return {why.code(), why.what()}; }
    return {};
}

inline void append(acta::log& log, const char* account, std::vector<acta::new_event> events) {
    const auto done = log.append(acta::stream_name("account", account), acta::any, std::move(events));
    REQUIRE(done);
}

/// `rounds` times 3 accounts with deposits and withdrawals, one append each; 3 + 6 * rounds events.
inline void fill(acta::log& log, int rounds) {
    const char* const accounts[] = {"ada", "bob", "eve"};
    for (const char* const account : accounts) append(log, account, {bank::opened{account == accounts[2] ? "Eve" : "Ada & Bob"}});
    for (int i = 0; i < rounds; ++i)
        for (const char* const account : accounts) append(log, account, {bank::deposited{100 + i}, bank::withdrawn{i % 7}});
}
