// The words of a command line: those behind `acta <verb>`, which the first byte chooses, each ended by a zero; "@" is the path of a small store.
#include "command_line.hpp"

#include <acta/store/sqlite.hpp>

#include "event/text.hpp"
#include "exit_code.hpp"
#include "fuzzing.hpp"
#include "support/account_events.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <filesystem>

using namespace fuzzing;

namespace {

/// A folder with a store in it, gone at the end.
class small_store {
public:
    small_store() {
        std::string name = (std::filesystem::temp_directory_path() / "acta-fuzz-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) broken("there is a place for a store");
        folder_ = name;
        acta::sqlite_log log(path());
        for (int i = 0; i < 5; ++i)
            (void)log.append(acta::stream_name("account", std::to_string(i % 2)), acta::any,
                             {tests::opened{"Ada \x1b[31m"}, tests::withdrawn{i}});
    }
    ~small_store() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    std::string path() const { return (folder_ / "bank.acta").string(); }

private:
    std::filesystem::path folder_;
};

/// Only verbs that read, and no plugin: what it names would be loaded.
void run_command(std::uint8_t verb, byte_span rest) {
    static const small_store store;
    static const int out = ::memfd_create("output", 0);
    static const char* const verbs[] = {"events", "streams", "info", "verify", "help", "layout", "projections", "dead-letters"};
    std::vector<std::string> words{verbs[verb % std::size(verbs)]};
    if (words[0] == "layout" || words[0] == "projections" || words[0] == "dead-letters")
        words.emplace_back(words[0] == "projections" ? "status" : "list");
    while (!rest.empty() && words.size() < 12) {
        const std::string word(take_text(rest));
        if (word.starts_with("--pl")) return;
        words.push_back(word == "@" ? store.path() : word);
    }
    if (::ftruncate(out, 0) != 0 || ::lseek(out, 0, SEEK_SET) != 0) broken("the output begins anew");
    try {
        acta::cli::output to(out);
        acta::cli::run_command_line(words, to);
        to.flush();
    } catch (const acta::failure&) {
    } catch (const acta::cli::complaint&) {}
    std::string text(static_cast<std::size_t>(::lseek(out, 0, SEEK_END)), '\0');
    if (::pread(out, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) broken("the output can be read");
    std::erase(text, '\n');
    if (!acta::detail::printable_utf8(text)) broken("nothing that a terminal obeys is printed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size != 0) run_command(data[0], input(data, size).subspan(1));
    return 0;
}
