// The acta command: runs what was asked for and turns every way to fail into one sentence and an exit code.
#include <acta/event/result.hpp>

#include "command_line.hpp"
#include "exit_code.hpp"
#include "output.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <new>
#include <string>
#include <vector>

namespace {

using namespace acta::cli;

/// Started with a standard descriptor closed, the next file that is opened would take its number, and our output would go into it. What
/// stands here instead may be read only, so that writing fails as it should.
void hold_standard_descriptors() {
    for (int descriptor = 0; descriptor <= 2; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF && ::open("/dev/null", O_RDONLY) != descriptor) ::_exit(1);
}

int run(const std::vector<std::string>& words) {
    output out(STDOUT_FILENO);
    const auto complain = [&out](exit_code code, const char* sentence) {
        try {
            out.flush();  // what was printed so far is right, and stands before the sentence
        } catch (const std::exception&) {}
        say(sentence);
        return static_cast<int>(code);
    };
    try {
        run_command_line(words, out);
        out.flush();
        return static_cast<int>(exit_code::ok);
    } catch (const reader_gone&) { return static_cast<int>(exit_code::ok); } catch (const complaint& why) {
        return complain(why.code(), why.what());
    } catch (const acta::failure& why) { return complain(exit_code_of(why.code()), why.what()); } catch (const std::bad_alloc&) {
        return complain(exit_code::failed, "there is not enough memory: nothing was changed, make room or raise this process's limit");
    } catch (const std::exception& why) { return complain(exit_code::failed, why.what()); }
}

}  // namespace

int main(int argc, char** argv) {
    hold_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that stops reading is noticed by the write that fails
    std::signal(SIGXFSZ, SIG_IGN);  // and so is a file that may not grow
    return run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
