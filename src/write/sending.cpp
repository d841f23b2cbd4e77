// The attempts of one command: what is the same in all of them, and how each ends.
#include <acta/write/sending.hpp>

#include <algorithm>

namespace acta::detail {

std::optional<outcome> answer_before(const log& from, const command_id& id, std::string_view command) {
    const auto before = from.find_answer(id);
    if (!before) return std::nullopt;
    if (before->command != command)
        throw failure(errc::id_reused, "the command id " + id.text() + " was given to the command " + before->command +
                                           " before and now to " + std::string(command) + ": give each command an id of its own");
    return outcome::from_kept(before->what);
}

single_send::single_send(log& to, const dispatcher_options& how, const send_options& options, std::string_view command)
    : log_(to), how_(how), options_(options), retries_left_(how.retries), id_(options.id.empty() ? command_id::make() : options.id) {
    request_.metadata = metadata_stamp(options).for_command(id_);
    if (options.id.empty()) return;
    request_.id = options.id;
    request_.command = command;
}

std::optional<outcome> single_send::answered_before() const {
    if (request_.id.empty()) return std::nullopt;
    return answer_before(log_, request_.id, request_.command);
}

void single_send::is_for(std::span<const stream_name> streams) {
    streams_.assign(streams.begin(), streams.end());
    context_ = context({how_.clock->now(), id_, options_.actor, streams_.front(), 0, {}});
}

const context& single_send::context_at(version at) {
    context_.decide_at(at);
    return context_;
}

std::optional<outcome> single_send::unexpected(version at) const {
    if (!options_.expected || options_.expected->holds(at)) return std::nullopt;
    conflict found;
    found.stream = stream();
    found.expected = *options_.expected;
    found.actual = at;
    found.head = log_.head();
    return outcome::when_conflict(std::move(found));
}

void single_send::rests_on(std::span<const version> versions) {
    request_.writes.resize(0);
    for (std::size_t i = 0; i < streams_.size(); ++i) {
        const auto same = std::find_if(request_.writes.begin(), request_.writes.end(),
                                       [&](const stream_write& one) { return one.stream == streams_[i]; });
        if (same == request_.writes.end()) request_.writes.push_back({streams_[i], exactly(versions[i]), {}});
    }
    bounded_ = false;
}

void single_send::rests_on(query boundary, position seen) {
    request_.writes.resize(0);
    request_.writes.push_back({stream(), options_.expected.value_or(any), {}});
    request_.conditions.resize(0);
    request_.conditions.push_back(fail_if(std::move(boundary), seen));
    bounded_ = true;
}

void single_send::add(new_event event) {
    const stream_name& to = event.destination().text().empty() ? stream() : event.destination();
    auto write = std::find_if(request_.writes.begin(), request_.writes.end(), [&](const stream_write& one) { return one.stream == to; });
    if (write == request_.writes.end()) {
        if (!bounded_)
            throw failure(errc::misuse,
                          "a decision sends " + std::string(event.codec().type.name) + " to the stream " + to.text() +
                              ", which its command did not load: name its id in the handler set's `id`, or declare a `boundary`");
        write = request_.writes.insert(write, {to, any, {}});
    }
    write->events.push_back(std::move(event));
}

std::optional<outcome> single_send::append() {
    std::erase_if(request_.writes, [](const stream_write& one) { return one.events.empty() && one.expected == any; });
    if (!request_.id.empty()) request_.answer = outcome::when_accepted(stream(), writes_to_its_stream(), 0).kept();
    try {
        const append_result result = log_.append(request_);
        if (result) return answer_to(*result);
        if (result.error().code != errc::conflict) throw failure(result.error().code, result.error().text);
        conflict found = result.error().conflict;
        if (options_.expected && found.stream == stream()) {
            found.expected = *options_.expected;
            return outcome::when_conflict(std::move(found));
        }
        if (retries_left_-- == 0) return outcome::when_conflict(std::move(found));
    } catch (const failure& why) {
        if (why.code() != errc::unknown_outcome) throw;
        return outcome::when_unknown(stream(), why.what());
    }
    return std::nullopt;
}

outcome single_send::answer_to(const appended& stored) const {
    if (stored.already_done) return outcome::from_kept(stored);
    return outcome::when_accepted(stream(), writes_to_its_stream() ? stored.versions.front() : 0, stored.last_position);
}

outcome single_send::without_events(outcome answer) {
    if (request_.id.empty() || (answer.refusal() && !options_.keep_refusal)) return answer;
    request_.writes.clear(), request_.conditions.clear();
    request_.snapshot = {};
    request_.answer = answer.kept();
    try {
        const append_result kept = log_.append(request_);
        return kept->already_done ? outcome::from_kept(*kept) : answer;
    } catch (const failure& why) {
        if (why.code() != errc::unknown_outcome) throw;
        return outcome::when_unknown(answer.stream(), why.what());
    }
}

}  // namespace acta::detail
