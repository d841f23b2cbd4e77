// What processes said of their requests before they were killed, and whether what is stored can be true.
#pragma once

#include <acta/store/sqlite.hpp>

#include "sender.hpp"

#include <map>
#include <string>
#include <vector>

namespace tests {

/// Lives outside of the processes that are killed. Used by one thread at a time.
class last_words {
public:
    /// A line of a sender.
    void hear(const std::string& line);

    /// Requires that positions and versions have no gap; each stored request was sent, stands there once, whole, and only if what it rests on was
    /// true; what was acknowledged is there, where it was told; a conflict was one; the requests of a thread stand in their order, without a
    /// gap; those of one append_all one behind the other, or not at all; an answer is there exactly if its events are. What is found of
    /// unheard endings is believed from then on.
    void check(const acta::log& log);
    /// Sends again, with their ids, requests whose answer nobody heard: those that are stored must be answered with their places, and the others
    /// be stored now, once. To be called after check().
    void send_again(acta::log& log);

    std::size_t acknowledged() const noexcept { return acknowledged_; }
    std::size_t conflicts() const noexcept { return conflicts_; }
    /// Sent, and the process was killed before it told the answer.
    std::size_t unheard() const noexcept { return unheard_; }
    std::size_t unheard_but_stored() const noexcept { return unheard_but_stored_; }
    std::size_t sent_again() const noexcept { return sent_again_; }

private:
    enum class ending { unheard, stored, conflict, gone };
    struct place {
        acta::position first = 0;
        std::vector<acta::version> versions{};  ///< of each stream, behind it
        friend bool operator==(const place&, const place&) = default;
    };
    struct request {
        acta::append_request what{};
        std::int64_t call = 0;
        ending how = ending::unheard;
        place where{};
        bool to_be_asked = false;  ///< its answer was not heard, and it has an id
        bool came_later = false;   ///< stored when it was sent again
    };
    using places = std::map<std::int64_t, place>;

    places stored_in(const acta::log& log);
    bool holds(const acta::append_request& what);
    void compare(request& one, const place* found);
    void check_order() const;
    static void check_answer(const acta::log& log, const request& one);
    void send_again(acta::log& log, request& one);

    std::map<std::int64_t, request> sent_;
    std::map<std::string, acta::version> ends_;     // of each stream, as far as the log was read
    std::map<std::string, acta::position> newest_;  // of each tag, likewise
    std::size_t acknowledged_ = 0, conflicts_ = 0, unheard_ = 0, unheard_but_stored_ = 0, sent_again_ = 0;
};

}  // namespace tests
