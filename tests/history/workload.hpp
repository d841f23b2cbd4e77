// Who appends to a store and who follows it, each recording what it asked, when, and what it was answered.
#pragma once

#include <acta/store/log.hpp>

#include "recording.hpp"

#include <map>
#include <random>

namespace tests {

/// So few streams and tags that whoever appends meets others.
constexpr int streams_in_use = 24;
constexpr int commands_in_use = 700;

acta::stream_name stream_of(int number);
acta::command_id id_of(std::int64_t number);

/// Sends appends of random shape: one alone, several in one call, several without waiting. What they expect rests on what it was told
/// before, so that some hold and some do not. Used by one thread at a time; many may share a log.
class caller {
public:
    caller(int number, std::uint64_t seed) : number_(number), random_(seed) {}

    /// At least so many appends.
    void send(acta::log& to, int appends);
    /// A blue note, so that followers know: it was the last one.
    void end(acta::log& to);

    history recorded{};

private:
    operation& draw();
    sent_write draw_write();
    void draw_rest(operation& one);
    void look_around(const acta::log& from);
    void send_one(acta::log& to);
    void send_together(acta::log& to, int count);
    void send_ahead(acta::log& to, int count);
    acta::append_request request_of(const operation& one) const;
    void ends(operation& one, const acta::append_result& answer);
    void fails(operation& one, const acta::failure& why);
    bool one_in(unsigned n) { return random_() % n == 0; }

    int number_;
    std::mt19937_64 random_;
    std::int64_t sent_ = 0;
    acta::position head_ = 0;
    std::map<int, acta::version> known_;
};

/// Follows the log until it has seen the blue notes of that many callers.
history follow(const acta::log& from, int reader, int callers);

}  // namespace tests
