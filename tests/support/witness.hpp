// What a test has sent to a store, what it was answered, and whether what is stored can be true.
#pragma once

#include <acta/store/sqlite.hpp>

#include <functional>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace tests {

/// Sends appends of random shape, whose events are deposits with numbers that occur once, and remembers their endings. Some expect the version
/// that their stream must have: nobody else appends to the store, so a conflict is a defect. Used by one thread at a time.
class witness {
public:
    explicit witness(std::mt19937_64& random) : random_(random) {}

    /// One to eight requests in one call, and so in one transaction. A failure is remembered and thrown on; so is a bad_alloc, as a refusal.
    void append_something(acta::sqlite_log& log);
    /// How the log is called; to be changed by whoever does something about it.
    std::function<std::vector<acta::append_result>(acta::sqlite_log&, std::span<const acta::append_request>)> send =
        [](acta::sqlite_log& log, std::span<const acta::append_request> requests) { return log.append_all(requests); };

    /// Requires that every acknowledged append stands where it was told, in the order in which they were sent; one of unknown ending is there
    /// whole or not at all; nothing else is there; an answer is there exactly if its events are. What is stored is believed from then on.
    void check(const acta::sqlite_log& log);
    /// The same of a store that does not wait for the disk, after a power cut: what is left is the beginning of what was sent.
    void check_beginning(const acta::sqlite_log& log);

    std::size_t acknowledged() const noexcept { return acknowledged_; }
    /// Of those acknowledged, found missing by check_beginning().
    std::size_t lost() const noexcept { return lost_; }
    std::size_t refused() const noexcept { return refused_; }
    std::size_t unknown() const noexcept { return unknown_; }

private:
    enum class ending { acknowledged, refused, unknown };
    struct request {
        std::vector<std::int64_t> numbers{};
        std::string id{};
        acta::position first = 0;  ///< where it is acknowledged
    };
    struct call {
        std::vector<request> requests{};
        ending how = ending::unknown;
    };

    acta::append_request make_request(request& note);
    acta::expected_version expectation(const std::string& id) const;
    std::vector<std::int64_t> stored_in(const acta::sqlite_log& log);
    static bool stands_at(const std::vector<std::int64_t>& stored, const call& one, std::size_t at);
    static std::size_t size_of(const call& one);
    void believe(call& one, std::size_t at);
    void check_answers(const acta::sqlite_log& log, const std::vector<call>& gone) const;

    std::mt19937_64& random_;
    std::vector<call> sent_;
    std::map<std::string, acta::version> versions_;  // of the streams
    bool versions_known_ = true;                     // else an append of unknown ending came after they were seen
    std::int64_t next_number_ = 1;
    std::size_t acknowledged_ = 0, lost_ = 0, refused_ = 0, unknown_ = 0;
};

}  // namespace tests
