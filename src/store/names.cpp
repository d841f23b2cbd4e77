// Numbers and names of streams and tags, read from their tables with a memory of those met before.
#include "names.hpp"

#include <acta/event/envelope.hpp>
#include <acta/event/tag.hpp>

#include "checksum.hpp"

#include <utility>

namespace acta::detail {

namespace {

template <class Name>
bool may_be(std::string_view text) {
    try {
        return Name(text).text() == text;
    } catch (const failure&) { return false; }
}

[[noreturn]] void damaged(const connection& in, const char* what, std::int64_t id) {
    throw failure(errc::damaged, in.shown() + ": " + what + " " + std::to_string(id) +
                                     " is missing or not what was written: restore it from a copy, then look at the disk");
}

}  // namespace

bool is_stream_name(std::string_view text) { return may_be<stream_name>(text); }
bool is_tag(std::string_view text) { return may_be<tag>(text); }

std::int64_t stream_row_checksum(std::int64_t id, std::string_view name, std::optional<std::int64_t> closed_at) {
    row_checksum sum;
    sum.add(id).add(name);
    closed_at ? sum.add(*closed_at) : sum.add_null();
    return sum.value();
}

std::int64_t tag_row_checksum(std::int64_t id, std::string_view name) { return row_checksum().add(id).add(name).value(); }

stream_names::stream_names(const connection& from)
    : from_(from), query_(from, "SELECT id, name, closed_at, checksum FROM stream WHERE id BETWEEN ? AND ?") {}

std::string_view stream_names::at(std::int64_t id) {
    if (id < 1 || id > most_streams) damaged(from_, "stream", id);
    const auto number = static_cast<std::size_t>(id - 1) / run;
    const bool remembers = number == last_number_ || remember(number);
    names& found = remembers ? *last_ : alone_;
    const auto first = remembers ? static_cast<std::int64_t>(number * run + 1) : id;
    const auto place = static_cast<std::size_t>(id - first);
    if (!remembers) found.clear();
    if (found.size() <= place || found[place].empty()) read(first, remembers ? first + static_cast<std::int64_t>(run) - 1 : id, found);
    if (found.size() <= place || found[place].empty()) damaged(from_, "stream", id);
    return found[place];
}

/// Where there is no room, a run takes the oldest one's place when it is asked for twice in a row, or else one in 64: streams that are in
/// use come to be remembered, and of those in no order few cost the reading of a run.
bool stream_names::remember(std::size_t number) {
    auto known = runs_.find(number);
    if (known == runs_.end()) {
        if (runs_.size() >= most_runs) {
            const bool again = std::exchange(last_alone_, number) == number;
            if (!again && ++alone_count_ % 64 != 0) return false;
            last_number_ = static_cast<std::size_t>(-1);  // it may be this one that goes
            runs_.erase(order_.front());
            order_.pop();
        }
        order_.push(number);
        known = runs_.try_emplace(number).first;
    }
    last_ = &known->second;
    last_number_ = number;
    return true;
}

void stream_names::read(std::int64_t first, std::int64_t last, names& into) {
    const reset_at_exit reset(query_);
    query_.bind(1, first).bind(2, last);
    while (query_.step()) {
        const std::int64_t id = query_.number(0);
        const bool whole = query_.number(3) == stream_row_checksum(id, query_.text(1), query_.optional_number(2));
        if (id < first || id > last || !whole || !is_stream_name(query_.text(1))) damaged(from_, "stream", id);
        const auto place = static_cast<std::size_t>(id - first);
        if (into.size() <= place) into.resize(place + 1);
        into[place] = query_.text(1);
    }
}

tag_names::tag_names(const connection& from) : from_(from), query_(from, "SELECT name, checksum FROM tag WHERE id = ?") {}

std::string_view tag_names::at(std::uint64_t id) {
    if (const auto known = names_.find(id); known != names_.end()) return known->second;
    const auto number = static_cast<std::int64_t>(id);
    const reset_at_exit reset(query_);
    if (!query_.bind(1, number).step() || query_.number(1) != tag_row_checksum(number, query_.text(0)) || !is_tag(query_.text(0)))
        damaged(from_, "tag", number);
    if (names_.size() >= most) names_.clear();
    return names_.emplace(id, query_.text(0)).first->second;
}

}  // namespace acta::detail
