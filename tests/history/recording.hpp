// What happened at a store that many processes share, as plain numbers: what was asked and when, what was answered, what was read.
#pragma once

#include <acta/store/append.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tests {

/// A note without its number.
struct sent_note {
    int kind = 0;
    unsigned tags = 0;  // bits
    friend bool operator==(const sent_note&, const sent_note&) = default;
};

struct sent_write {
    int stream = 0;
    acta::expected_version::kind expected = acta::expected_version::kind::any;
    acta::version number = 0;  // with kind::exactly
    std::vector<sent_note> notes{};

    acta::expected_version expectation() const { return {expected, number}; }
};

struct sent_item {
    unsigned kinds = 0;  // bits; none: every kind
    unsigned tags = 0;   // all of them
};

struct sent_condition {
    std::vector<sent_item> items{};
    acta::position after = 0;
};

enum class ending : std::uint8_t { stored, already_done, stream_conflict, condition_conflict, refused, unknown };

/// One append. Times are nanoseconds of the clock that all processes of a machine share.
struct operation {
    std::int64_t began = 0, ended = 0;
    int caller = 0;
    std::int64_t number = 0;  // its notes have number * most_notes, and so on
    std::int64_t call = 0;    // number of the first append that was given in the same call
    std::vector<sent_write> writes{};
    std::vector<sent_condition> conditions{};
    std::int64_t id = 0;  // of the command; 0: none

    ending how = ending::unknown;
    acta::position first = 0, last = 0;       // where stored or already done
    std::vector<acta::version> versions{};    // the same
    int stream = 0;                           // that was in the way
    acta::version actual = 0;                 // of that stream
    std::size_t condition = 0;                // that was in the way, from 0
    std::vector<acta::position> positions{};  // in the way
    acta::position head = 0;                  // with a conflict

    static constexpr std::int64_t most_notes = 100;
    std::int64_t size() const;
};

struct seen_note {
    acta::position position = 0;
    std::int64_t number = 0;
};

/// One reading of a reader that goes on where its last one ended.
struct reading {
    std::int64_t began = 0, ended = 0;
    int reader = 0;
    acta::position head = 0;
    std::vector<seen_note> notes{};
};

/// Where a stream, or the whole log, was said to end.
struct look {
    static constexpr int whole_log = -1;
    std::int64_t began = 0, ended = 0;
    int stream = whole_log;
    acta::version version = 0;
    acta::position position = 0;
};

/// What is stored at a position.
struct stored_note {
    int stream = 0;
    acta::version version = 0;
    std::int64_t number = 0;
    sent_note what{};
};

struct stored_answer {
    acta::position first = 0, last = 0;
    std::vector<acta::version> versions{};
};

struct history {
    std::vector<operation> operations{};  // of each caller in the order in which they were sent
    std::vector<reading> readings{};      // of each reader in order
    std::vector<look> looks{};
    std::vector<stored_note> log{};                   // by position, from 1
    std::map<std::int64_t, stored_answer> answers{};  // by command id
};

/// Operations, readings and looks as lines of text, for another process to add to its own.
void save(const history& part, const std::filesystem::path& file);
void load(history& whole, const std::filesystem::path& file);

}  // namespace tests
