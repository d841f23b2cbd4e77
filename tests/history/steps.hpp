// Steps that a log may be taken through: each is a sentence and an action whose answer is a text.
#pragma once

#include <acta/event/clock.hpp>
#include <acta/store/log.hpp>

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace tests {

/// A log that can be closed and opened again, with a clock of its own.
class subject {
public:
    subject() = default;
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;
    virtual ~subject() = default;

    virtual acta::log& log() = 0;
    virtual void reopen(bool read_only) = 0;
    /// A look at every byte: how many there are of what.
    virtual std::string verify() = 0;

    acta::manual_clock clock{acta::timestamp(std::chrono::seconds(1'700'000'000))};
};

struct step {
    std::string words{};
    std::function<std::string(subject&)> take{};
    /// The same with one thing less, in every way; may be empty.
    std::function<std::vector<step>()> simpler = [] { return std::vector<step>(); };
};
using script = std::vector<step>;

/// Larger events are refused.
constexpr std::size_t largest_note = 300;

/// Draws steps of all kinds; what they ask for rests on what the log holds, so that most of it makes sense.
class drawing {
public:
    /// `many`: hundreds of events in one append.
    drawing(std::mt19937_64& random, bool many) : random_(random), many_(many) {}

    step next(acta::log& now);
    /// Everything is looked at, before and after the store is opened anew.
    static script last_steps();

private:
    acta::append_request request(const acta::log& now);
    acta::stream_write write(const acta::log& now, const acta::stream_name& stream);
    acta::condition condition(const acta::log& now);
    acta::query query();
    void add_id(acta::append_request& to);
    void add_snapshot(acta::append_request& to, const acta::log& now);
    void spoil(acta::append_request& one);
    acta::read_options reading(std::int64_t end);
    std::vector<acta::append_request> requests(const acta::log& now, std::size_t most);
    step read(const acta::log& now);
    step find(const acta::log& now);

    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

    std::mt19937_64& random_;
    bool many_;
    bool read_only_ = false;
    std::int64_t number_ = 0;
};

}  // namespace tests
