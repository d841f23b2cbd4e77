// Another process, which may open the same store: a fork that runs a function and never returns into the test.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace tests {

/// Forked when made, killed when it goes away unfinished. The test must have no store open that the child opens: it would inherit SQLite's
/// idea of the locks. An exception in the child prints its sentence and ends it with 100, a leak that a
/// sanitizer sees at the end of its work with 102.
class child {
public:
    /// `work` answers the exit code; what it tells goes to the parent.
    class voice {
    public:
        explicit voice(int fd) : fd_(fd) {}
        /// One line.
        void tell(const std::string& line) const;

    private:
        int fd_;
    };
    explicit child(const std::function<int(const voice&)>& work);
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child();

    /// The next line; nothing when the child has ended.
    std::optional<std::string> hear();
    /// kill -9.
    void kill();
    /// Hears all that it says, kills it when `moment` returns, which another thread calls, and answers as wait() does.
    int hear_and_kill(const std::function<void()>& moment, const std::function<void(const std::string&)>& heard);
    /// The same after that time.
    int hear_and_kill(std::chrono::microseconds after, const std::function<void(const std::string&)>& heard);
    /// Exit code; 128 + signal when it was killed.
    int wait();
    pid_t pid() const noexcept { return pid_; }

private:
    pid_t pid_ = -1;
    int from_ = -1;
    std::string heard_;
};

}  // namespace tests
