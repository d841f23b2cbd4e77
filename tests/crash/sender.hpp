// What a process sends to a store until it is killed: requests that are made from their numbers, each told of before it is sent and after.
#pragma once

#include <acta/store/sqlite.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <random>
#include <string>

namespace tests {

constexpr std::int64_t rests_on_nothing = -1;
constexpr int bits_of_thread = 20;  // a thread's requests have numbers from a multiple of 2^20
constexpr int bits_of_request = 5;  // an event's number, a deposit's cents, is its request's times 32 and a little

/// The request with this number: the same wherever it is made, so that a test knows what a killed process meant to store. Its numbers occur once.
/// `seen` is what it rests on: the version of its one stream, or the head of the log for a condition on a tag; or rests_on_nothing.
acta::append_request make_request(std::int64_t number, std::int64_t seen);
bool rests_on_version(std::int64_t number);

/// Takes a line: "send NUMBER SEEN CALL" before a request is sent (CALL is the number of the first request in the same append_all), then "stored
/// NUMBER POSITION VERSION..." or "conflict NUMBER".
using teller = std::function<void(const std::string&)>;

/// One thread of a writer. Used by one thread at a time.
class sender {
public:
    /// The log and the teller outlive it.
    sender(acta::sqlite_log& log, std::int64_t first_number, const teller& tell)
        : log_(log), tell_(tell), next_(first_number), random_(static_cast<std::uint64_t>(first_number)) {}

    /// One request, or a batch in one transaction, or several without waiting in between.
    void call();

private:
    void send_one();
    void send_batch();
    void send_async();
    acta::append_request announced(std::int64_t seen, std::int64_t call);
    void answered(std::int64_t number, const acta::append_result& answer);

    acta::sqlite_log& log_;
    const teller& tell_;
    std::int64_t next_;
    std::mt19937_64 random_;
};

/// The whole of a writer process: tells "open", then four threads send until `stop`. Their numbers begin with `first_number`.
int send_until(const std::function<bool()>& stop, const std::filesystem::path& file, const acta::options& how, std::int64_t first_number,
               const teller& tell);

}  // namespace tests
