// Files of a test: a folder that goes away with it, their bytes, and a plain SQLite handle, as a shell has it.
#include "temporary.hpp"

#include <sqlite3.h>

#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

namespace tests {

namespace {

std::filesystem::path place_for_folders() {
    constexpr std::uintmax_t enough = 1U << 30;
    const std::filesystem::path memory = "/dev/shm";
    std::error_code error;
    const bool roomy = std::getenv("TMPDIR") == nullptr && std::filesystem::space(memory, error).available >= enough && !error;
    return roomy && ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

}  // namespace

folder::folder() : folder(place_for_folders()) {}

folder::folder(const std::filesystem::path& where) {
    std::string name = (where / "acta-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = std::filesystem::canonical(name);
}

folder::~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string folder::listing() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) names.insert(entry.path().filename().string());
    std::string out;
    for (const std::string& name : names) out += name + " ";
    return out;
}

std::string bytes_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void flip_bit(const std::filesystem::path& file, std::size_t byte, unsigned bit) {
    std::fstream both(file, std::ios::binary | std::ios::in | std::ios::out);
    both.seekg(static_cast<std::streamoff>(byte));
    const char turned = static_cast<char>(both.get() ^ (1 << bit));
    both.seekp(static_cast<std::streamoff>(byte));
    both.put(turned);
    if (!both.flush()) throw std::runtime_error("cannot flip a bit of " + file.string());
}

shell::shell(const std::filesystem::path& file) {
    if (sqlite3_open(file.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("cannot open " + file.string());
    sqlite3_busy_timeout(handle_, 5'000);
}

shell::~shell() { sqlite3_close_v2(handle_); }

shell& shell::disarm() {
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    return *this;
}

std::string shell::run_on_index(const std::string& index, const std::string& definition, const std::string& sql) {
    const int root = std::stoi(ask("SELECT rootpage FROM sqlite_schema WHERE name = '" + index + "'"));
    sqlite3_test_control(SQLITE_TESTCTRL_IMPOSTER, handle_, "main", 1, root);
    std::string why = run("CREATE TABLE bare (" + definition + ") WITHOUT ROWID");
    sqlite3_test_control(SQLITE_TESTCTRL_IMPOSTER, handle_, "main", 0, 0);
    if (why.empty()) why = run(sql);
    return why;
}

std::string shell::run(const std::string& sql) {
    char* why = nullptr;
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &why) == SQLITE_OK) return {};
    std::string text = why != nullptr ? why : "no reason given";
    sqlite3_free(why);
    return text;
}

std::string shell::ask(const std::string& sql) {
    sqlite3_stmt* query = nullptr;
    std::string out;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &query, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle_));
    if (sqlite3_step(query) == SQLITE_ROW)
        if (const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(query, 0))) out = text;
    sqlite3_finalize(query);
    return out;
}

}  // namespace tests
