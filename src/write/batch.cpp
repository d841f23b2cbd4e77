// The rounds of a chunk: what is stored, what is answered, and what has to be decided again.
#include <acta/write/batch.hpp>

#include <numeric>

namespace acta::detail {

namespace {

/// Behind by more than this it is cheaper to load states again than to read who wrote.
constexpr position most_to_catch_up = 10'000;

stream_name name_of(const kept_stream& stream) { return {stream.category, stream.id}; }

outcome answer_to(const batch_item& item) {
    if (item.refused && !item.stream) return outcome::when_refused({}, 0, 0, *item.refused);
    if (item.refused) return outcome::when_refused(name_of(*item.stream), item.version, item.stream->position, *item.refused);
    return outcome::when_accepted(name_of(*item.stream), item.version, item.stream->position);
}

/// Where it was not its own append that conflicted, but one for the same stream before it.
conflict conflict_of(const batch_item& item) {
    conflict found = *item.stream->conflict;
    if (found.stream.text().empty() && !found.condition) found.stream = name_of(*item.stream);
    return found;
}

}  // namespace

void batch::stamp(const send_options& each) {
    stamp_.emplace(each);
    actor_ = each.actor;
    keep_refusals_ = each.keep_refusal;
}

void batch::start(std::size_t commands) {
    items_.assign(commands, {});
    round_.resize(commands);
    std::iota(round_.begin(), round_.end(), std::size_t{0});
    rounds_ = 0;
    requested_ = 0;
    ids_.clear();
    forget_written_by_others(log_.head());
}

const context& batch::context_of(batch_item& item) {
    if (item.id.empty()) item.id = command_id::make();
    if (!item.about) item.about.emplace(context::known{clock_.now(), item.id, actor_, name_of(*item.stream), 0, {}});
    item.about->decide_at(item.stream->version);
    return *item.about;
}

bool batch::answered_before(batch_item& item, std::string_view command) {
    if (!item.identified) return false;
    item.command = command;
    const auto index = static_cast<std::size_t>(&item - items_.data());
    const std::size_t first = ids_.try_emplace(item.id, index).first->second;
    if (first != index) {
        if (items_[first].command != command)
            throw failure(errc::id_reused, "the command id " + item.id.text() + " is given to the commands " +
                                               std::string(items_[first].command) + " and " + std::string(command) +
                                               " of one send_all: give each command an id of its own");
        item.same_as = first;
        return true;
    }
    item.answer = answer_before(log_, item.id, command);
    return item.answer.has_value();
}

void batch::keep(batch_item& item, snapshot one) { requests_[*item.request].snapshot = std::move(one); }

append_request& batch::request_of(batch_item& item) {
    if (requested_ == requests_.size()) requests_.emplace_back();
    item.request = requested_++;
    append_request& request = requests_[*item.request];
    request.metadata = {};
    request.snapshot = {};
    request.id = item.identified ? item.id : command_id();
    request.command = item.command;
    request.answer.clear();
    request.writes.resize(item.stream ? 1 : 0);
    if (!item.stream) return request;
    stream_write& write = request.writes.front();
    name_.assign(item.stream->category).append(1, '-').append(item.stream->id);
    write.stream.assign_checked(name_);
    write.expected = exactly(item.stream->version);
    write.events.clear();
    return request;
}

std::vector<new_event>& batch::events_of(batch_item& item) {
    if (item.id.empty()) item.id = command_id::make();
    append_request& request = request_of(item);
    request.metadata = stamp_->for_command(item.id);
    if (item.identified) request.answer = outcome::when_accepted(name_of(*item.stream), 1, 0).kept();
    return request.writes.front().events;
}

void batch::keep_answer(batch_item& item) {
    if (!item.identified || (item.refused && !keep_refusals_)) return;
    request_of(item).answer = answer_to(item).kept();
}

void batch::commit() {
    ++rounds_;
    try {
        if (requested_ > 0) settle(log_.append_all(std::span(requests_).first(requested_)));
        else settle({});
    } catch (const failure& why) {
        if (why.code() != errc::unknown_outcome) throw;
        settle_unknown(why);
    }
    requested_ = 0;
}

void batch::settle(std::span<const append_result> results) {
    std::vector<std::size_t> void_now;
    position first = 0;
    position last = 0;
    for (const std::size_t index : round_) {
        batch_item& item = items_[index];
        if (item.answer || item.same_as) continue;
        if (item.request && !(item.stream && item.stream->conflict)) {
            const append_result& result = results[*item.request];
            if (result && result->already_done && item.stream) {
                item.stream->conflict.emplace();  // somebody else sent it meanwhile: what was decided here never came to be
            } else if (result && result->already_done) {
                item.answer = outcome::from_kept(*result);
            } else if (result && result->last_position > 0) {
                if (first == 0) first = result->first_position;
                last = result->last_position;
                item.stream->position = last;
                item.stream->stored = true;
            } else if (!result && result.error().code == errc::conflict) {
                item.stream->conflict = result.error().conflict;
            } else if (!result) {
                throw failure(result.error().code, result.error().text);
            }
        }
        if (item.stream && item.stream->conflict) void_now.push_back(index);
        else if (!item.answer) item.answer = answer_to(item);
    }
    decide_again(void_now);
    if (last == 0) return;
    try {
        forget_written_by_others(first - 1);
    } catch (const failure&) {  // who wrote cannot be read; what was stored here is stored, and the next load will say it
        for (any_states* states : watched_) states->forget_all();
    }
    seen_ = last;
}

void batch::decide_again(std::span<const std::size_t> items) {
    const bool enough = rounds_ > retries_;
    std::vector<stream_name> stale;
    for (const std::size_t index : items) {
        batch_item& item = items_[index];
        if (enough) item.answer = outcome::when_conflict(conflict_of(item));
        if (item.request) stale.push_back(name_of(*item.stream));
        item.stream = nullptr;
        item.request.reset();
        item.again = true;
    }
    for (const stream_name& stream : stale)
        for (any_states* states : watched_)
            if (states->category() == stream.category()) states->forget(stream.id());
    round_.assign(items.begin(), items.end());
    if (enough) round_.clear();
}

void batch::settle_unknown(const failure& why) {
    for (const std::size_t index : round_) {
        batch_item& item = items_[index];
        if (item.answer || item.same_as) continue;
        if (item.stream && item.request) item.stream->conflict.emplace();  // from here on nobody knows its state
        item.answer = item.stream && item.stream->conflict ? outcome::when_unknown(name_of(*item.stream), why.what()) : answer_to(item);
    }
    abandon();
}

void batch::forget_written_by_others(position until) {
    if (until - seen_ > most_to_catch_up) {
        for (any_states* states : watched_) states->forget_all();
    } else if (until > seen_) {
        page found;
        read_options what{.after = seen_, .until = until};
        do {
            log_.read_page(nullptr, what, found);
            for (const stored_event& event : found.events()) {
                const std::size_t hyphen = event.stream.find('-');
                for (any_states* states : watched_)
                    if (states->category() == event.stream.substr(0, hyphen)) states->forget(event.stream.substr(hyphen + 1));
            }
            what.after = found.next();
        } while (!found.last());
    }
    seen_ = std::max(seen_, until);
}

void batch::finish() {
    for (batch_item& item : items_)
        if (item.same_as) item.answer = items_[*item.same_as].answer->again();
    for (any_states* states : watched_) states->trim();
}

void batch::abandon() {
    for (any_states* states : watched_) states->forget_all();
    round_.clear();
    requested_ = 0;
}

}  // namespace acta::detail
