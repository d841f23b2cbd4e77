// What becomes of hostile bytes: whoever touches them is a process of its own, with five seconds of work, fifteen by the clock, and a
// gigabyte. A sanitizer gets six times the time, and as much memory as it takes.
#pragma once

#include "support/campaign.hpp"
#include "support/child.hpp"
#include "written.hpp"

#include <map>

namespace tests {

/// How a process ended that touched hostile bytes, and what it told.
struct contained {
    int code = -1;  ///< 0; 100: an exception that is no acta::failure; 128 + signal: a crash, or too long (137, 142)
    std::vector<std::string> lines{};
};
contained contain(const std::function<void(const child::voice&)>& work);

/// A call that is answered or refused, in a process of its own. Checks that nothing else happens, and that a refusal is a sentence: it names
/// the file, and holds no control character.
struct answer {
    bool refused = false;
    acta::errc code{};
    std::string sentence{};
};
answer ask(const std::filesystem::path& file, const std::function<void()>& call);

/// Is this one of many cases to be looked at? Always, but for a sanitizer, whose processes start slowly: then one in nine.
bool is_due();

bool is_code_for_stored_bytes(acta::errc code);

/// Is it a sentence of ours about that file, fit for a terminal?
bool is_sentence(const std::string& text, const std::filesystem::path& file);

/// What somebody found who opened a store read-only, read it forwards, backwards, by stream and as JSON, and verified it.
struct judged {
    enum class ending { all, beginning, refused, wrong };
    ending read = ending::wrong;
    std::size_t seen = 0;                 ///< events, each as it should be, before the end or a refusal
    acta::errc code{};                    ///< of the refusal
    std::string sentence{};               ///< of the refusal
    std::vector<std::string> findings{};  ///< of verify; a refusal of it is one
    bool sound() const { return findings.empty(); }
    bool right() const { return read == ending::all && sound(); }
};
/// Checks what must hold of any bytes: no crash, no hang, every event, answer and snapshot that is told is the one that was written, whatever an
/// index hides is found by verify, and a refusal is a sentence with one of the codes for stored bytes that are not what was written.
judged judge(const std::filesystem::path& store, const written& good);

/// Appends one event to the store and closes it; "" or the refusal.
answer append_one(const std::filesystem::path& store);

/// A small store with all there is: streams, tags, metadata, answered commands, snapshots; and what was written to it.
written make_store(const std::filesystem::path& file);
/// The same by a writer that was killed, so that all of it stands in the write-ahead log.
written make_killed_store(const std::filesystem::path& file);

/// The files of a store with their names behind the store's own ("", "-wal"...).
using files = std::map<std::string, std::string>;
files files_of(const std::filesystem::path& store);
void put_files(const std::filesystem::path& store, const files& all);

}  // namespace tests

namespace doctest {
template <>
struct StringMaker<tests::judged::ending> {
    static String convert(tests::judged::ending of) {
        constexpr const char* names[] = {"all", "beginning", "refused", "wrong"};
        return names[static_cast<std::size_t>(of)];
    }
};
}  // namespace doctest
