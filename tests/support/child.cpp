// Another process, which may open the same store: a fork that runs a function and never returns into the test.
#include "child.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <thread>

/// Of the leak sanitizer, where there is one: tells of leaks now, for _exit tells of none. Not 0: there are some.
extern "C" int __lsan_do_recoverable_leak_check() __attribute__((weak));

namespace tests {

namespace {

/// Asking takes long in a large program: the first fifty children are asked, and one of twenty of those that follow.
bool leaks_are_looked_for() {
    constexpr int asked_each = 50, then_one_of = 20;
    static int made = 0;
    if (__lsan_do_recoverable_leak_check == nullptr) return false;
    if (++made == asked_each + 1) MESSAGE("reduced: one child of " << then_one_of << " is asked for leaks from here on");
    return made <= asked_each || made % then_one_of == 0;
}

}  // namespace

void child::voice::tell(const std::string& line) const {
    const std::string text = line + "\n";
    if (::write(fd_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) ::_exit(101);  // under PIPE_BUF: whole or not at all
}

child::child(const std::function<int(const voice&)>& work) {
    const bool to_look = leaks_are_looked_for();
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    std::fflush(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no fork");
    if (pid_ == 0) {
        ::close(ends[0]);
        int code = 100;
        try {
            code = work(voice(ends[1]));
            if (to_look && __lsan_do_recoverable_leak_check() != 0) code = 102;
        } catch (const std::exception& why) {
            std::fprintf(stderr, "in a child process: %s\n", why.what());
        } catch (...) {  // a REQUIRE, which has said why
        }
        std::fflush(nullptr);
        ::_exit(code);
    }
    ::close(ends[1]);
    from_ = ends[0];
}

child::~child() {
    if (pid_ > 0) kill(), wait();
    ::close(from_);
}

std::optional<std::string> child::hear() {
    for (;;) {
        if (const auto end = heard_.find('\n'); end != std::string::npos) {
            std::string line = heard_.substr(0, end);
            heard_.erase(0, end + 1);
            return line;
        }
        char buffer[4096];
        const ssize_t got = ::read(from_, buffer, sizeof buffer);
        if (got <= 0) return std::nullopt;
        heard_.append(buffer, static_cast<std::size_t>(got));
    }
}

void child::kill() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);  // -1 would be everybody
}

int child::hear_and_kill(const std::function<void()>& moment, const std::function<void(const std::string&)>& heard) {
    std::jthread killer([&] {
        moment();
        kill();
    });
    while (const auto line = hear()) heard(*line);
    killer.join();
    return wait();
}

int child::hear_and_kill(std::chrono::microseconds after, const std::function<void(const std::string&)>& heard) {
    return hear_and_kill([after] { std::this_thread::sleep_for(after); }, heard);
}

int child::wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tests
